"""Answers of Stripe's API: the JSON object in a body, and when it was read."""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

import stripe

NO_OBJECT = "The API's answer is no JSON object: look at what is at API_BASE."


@dataclass(frozen=True)
class Answer:
    """An answer of the API, and between which Stripe times (Unix seconds) it was read."""

    data: dict[str, Any]
    fetched_at: int
    as_of: int
    #: Whether it is the answer to an earlier request with the same idempotency key.
    replayed: bool = False
    #: The data as they were sent; empty where nobody needs them.
    text: str = field(default="", repr=False)
    #: Whether a number in them has a fraction or an exponent.
    has_fractions: bool = False


def parse_body(body: bytes) -> tuple[dict[str, Any], str, bool]:
    """Return the object in an answer, its text, and whether it has fractions.

    Raises stripe.APIError for anything else, of which nothing is shown.
    """
    fractions: list[str] = []

    def note(number: str) -> float:
        fractions.append(number)
        return float(number)

    try:
        text = body.decode()
        data = json.loads(text, parse_float=note, parse_constant=note)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise stripe.APIError(NO_OBJECT)
    return data, text, bool(fractions)


def is_json(body: Any) -> bool:
    """Tell whether an answer's body is JSON; an absent one is."""
    try:
        json.loads(body or "null")
    except (ValueError, RecursionError):
        return False
    return True


def answer_of(data: dict[str, Any], headers: Any, started: float) -> Answer:
    """Return an answer with its times; `started` is in seconds of `time.monotonic`.

    Raises stripe.APIError without a valid `Date` header.
    """
    elapsed = time.monotonic() - started
    ended = _date(headers)
    # `Date` has whole seconds: the answer was made up to a second after it.
    return Answer(
        data,
        fetched_at=math.floor(ended - elapsed),
        as_of=ended + 1,
        replayed=headers.get("idempotent-replayed") == "true",
    )


def _date(headers: Any) -> int:
    try:
        return int(parsedate_to_datetime(headers["date"]).timestamp())
    except (KeyError, ValueError) as error:
        raise stripe.APIError(
            "The answer has no valid Date header, without which its age is unknown: "
            "let the proxy at API_BASE pass it on."
        ) from error
