"""A webhook request -> an event that every database can hold, or a `WebhookRefused`."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import RawPostDataException, UnreadablePostError

from stripe_integrations import conf
from stripe_integrations.exceptions import BodyTooLarge, PayloadRefused
from stripe_integrations.mapping import is_usable_id

#: Stripe sends 9 levels at most; MariaDB's JSON holds 31.
MAX_DEPTH = 25


#: Digits of a length that is no length; int() refuses thousands of them.
MAX_DIGITS = 18


def read(request: HttpRequest) -> bytes:
    """Return the body of a request.

    Raises BodyTooLarge, unread where the header tells, or PayloadRefused if it breaks off.
    """
    limit = conf.get("MAX_BODY")
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
    try:
        message = json.loads(body, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise PayloadRefused(f"The body has more than {MAX_DEPTH} levels.") from error
    except ValueError as error:
        raise PayloadRefused("The body is not JSON.") from error
    return check(message)


def check(message: Any) -> dict[str, Any]:
    """Return `message` if it is an event that can be stored. Raises PayloadRefused if not."""
    if not isinstance(message, dict):
        raise PayloadRefused(
            "The payload is not a JSON object: pass the parsed body, json.loads(request.body)."
        )
    if not is_usable_id(message.get("id")):
        raise PayloadRefused("The event has no id of 1 to 255 printable characters.")
    if not (isinstance(message.get("type"), str) and message["type"]):
        raise PayloadRefused("The event has no type.")
    if is_deeper_than(message, MAX_DEPTH):
        raise PayloadRefused(f"The event has more than {MAX_DEPTH} levels.")
    return message


def serialize(message: dict[str, Any]) -> str:
    """Return the text of an event that came as a dict. Raises PayloadRefused if JSON has none."""
    try:
        return json.dumps(message, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise PayloadRefused(f"The event is not JSON: {error}.") from error


def _refuse_constant(name: str) -> NoReturn:
    raise PayloadRefused(f"The body holds {name}, which is not JSON.")


def is_deeper_than(value: Any, levels: int) -> bool:
    """Tell whether parsed JSON has more levels."""
    layer = [value]
    for _ in range(levels):
        layer = [
            item
            for each in layer
            for item in (each.values() if isinstance(each, dict) else each)
            if isinstance(item, (dict, list))
        ]
        if not layer:
            return False
    return True
