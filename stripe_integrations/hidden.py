"""Texts that are to be used and not to be seen."""

from __future__ import annotations


class HiddenText(str):
    """A text that tracebacks, error pages and logs of values do not show."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'"
