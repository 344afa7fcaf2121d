"""A webhook request -> an event that every database can hold, or a `WebhookRefused`."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import RawPostDataException, UnreadablePostError

from stripe_integrations.exceptions import BodyTooLarge, PayloadRefused
from stripe_integrations.storable import (
    MAX_DEPTH,
    is_deeper_than,
    is_time,
    is_usable_id,
    to_seconds,
)
from stripe_integrations.thin_events import is_thin

#: Digits of an impossible length; int() refuses thousands of them.
MAX_DIGITS = 18


def read_body(request: HttpRequest, limit: int) -> bytes:
    """Return the body of a request, of `limit` bytes at most.

    Raises BodyTooLarge, unread where the header tells, or PayloadRefused if it breaks off.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and (len(length) > MAX_DIGITS or int(length) > limit):
        raise BodyTooLarge(f"The body is longer than MAX_BODY ({limit} bytes).")
    try:
        body = request.body
    except RequestDataTooBig as error:
        raise BodyTooLarge("The body is longer than DATA_UPLOAD_MAX_MEMORY_SIZE.") from error
    except (UnreadablePostError, RawPostDataException) as error:
        raise PayloadRefused("The body could not be read.") from error
    if len(body) > limit:
        raise BodyTooLarge(f"The body is longer than MAX_BODY ({limit} bytes).")
    return body


def decode(body: bytes) -> str:
    """Return a body as text. Raises PayloadRefused when it is not UTF-8."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PayloadRefused("The body is not UTF-8.") from error


def parse(body: str) -> dict[str, Any]:
    """Return the event in a body. Raises PayloadRefused when there is none that can be stored."""
    message = load(body)
    # Few brackets cannot be deep.
    is_deep = body.count("{") + body.count("[") > MAX_DEPTH
    return check(message, is_deep=is_deep)


def load(body: str) -> Any:
    """Return what the JSON of a body says. Raises PayloadRefused when it is not JSON."""
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise PayloadRefused(f"The body has more than {MAX_DEPTH} levels.") from error
    except ValueError as error:
        raise PayloadRefused("The body is not JSON.") from error


def check(message: Any, *, is_deep: bool = True) -> dict[str, Any]:
    """Return `message` if it is an event as Stripe sends them. Raises PayloadRefused if not.

    `is_deep` is False if its nesting was checked before.
    """
    checked = check_storable(message, is_deep=is_deep)
    created: Any = checked.get("created")
    if not ((is_time(created) and created > 0) or _has_time_as_text(checked)):
        raise PayloadRefused("The event's `created` is no time.")
    return checked


def check_storable(message: Any, *, is_deep: bool = True) -> dict[str, Any]:
    """Return `message` if it is an event that can be stored. Raises PayloadRefused if not."""
    if not isinstance(message, dict):
        raise PayloadRefused(
            "The payload is not a JSON object: pass the parsed body, json.loads(request.body)."
        )
    if not is_usable_id(message.get("id")):
        raise PayloadRefused("The event has no id of 1 to 255 printable characters.")
    if not (isinstance(message.get("type"), str) and message["type"]):
        raise PayloadRefused("The event has no type.")
    if is_deep and is_deeper_than(message, MAX_DEPTH):
        raise PayloadRefused(f"The event has more than {MAX_DEPTH} levels.")
    return message


def _has_time_as_text(message: dict[str, Any]) -> bool:
    """Tell whether a thin event says its time as they do."""
    created = message.get("created")
    seconds = to_seconds(created) if isinstance(created, str) else None
    return seconds is not None and seconds > 0 and is_thin(message)


def serialize(message: dict[str, Any]) -> str:
    """Return the text of an event that came as a dict. Raises PayloadRefused if JSON has none."""
    try:
        return json.dumps(message, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise PayloadRefused(f"The event is not JSON: {error}.") from error


def _refuse_constant(name: str) -> NoReturn:
    raise PayloadRefused(f"The body holds {name}, which is not JSON.")
