"""Spans of OpenTelemetry, where its API package is installed; elsewhere nothing.

Whether it is installed is decided once, at import.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

try:
    from opentelemetry import trace
except ImportError:
    tracer = current_span = None
else:
    tracer = trace.get_tracer("stripe_integrations")
    #: Returns the span of the code that calls it, None if the package is not installed.
    current_span = trace.get_current_span

Function = TypeVar("Function", bound=Callable[..., Any])

_NO_SPAN: AbstractContextManager[None] = nullcontext()


def traced(name: str) -> Callable[[Function], Function]:
    """Return a decorator that puts each call of a function into a span."""
    if tracer is None:
        return lambda function: function
    return tracer.start_as_current_span(name)


def span(name: str, **attributes: str) -> AbstractContextManager[Any]:
    """Return a span for a block; its attributes are named `stripe.…`."""
    if tracer is None:
        return _NO_SPAN
    named = {f"stripe.{key}": value for key, value in attributes.items()}
    return tracer.start_as_current_span(name, attributes=named)
