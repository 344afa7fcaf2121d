"""Strings and bytes whose repr is masked."""

from __future__ import annotations


class HiddenText(str):
    """A string that tracebacks, error pages and logs of values do not show."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'"


class HiddenBytes(bytes):
    """Bytes that tracebacks, error pages and logs of values do not show."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "b'…'"
