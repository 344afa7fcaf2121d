"""What commands read from their arguments."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from stripe_integrations.inbox.confirmation import ACCOUNT_ID

#: A time span: 90d, 36h, 90m.
SPAN = re.compile(r"(\d{1,5})([dhm])", re.ASCII)


def account(text: str) -> str:
    """Return the id of a connected account."""
    if not ACCOUNT_ID.fullmatch(text):
        raise ArgumentTypeError(f"{text!r} is not the id of a connected account, acct_….")
    return text


def moment(text: str) -> datetime:
    """Return a date, a time, or the time so long ago, as Django wants it with USE_TZ or without."""
    if SPAN.fullmatch(text):
        return timezone.now() - duration(text)
    try:
        day = parse_date(text)
        found = datetime.combine(day, time()) if day else parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise ArgumentTypeError(
            f"{text!r} is not a time: write it as 2026-11-21, 2026-11-21T14:00, or 2h (ago)."
        )
    if settings.USE_TZ and timezone.is_naive(found):
        return timezone.make_aware(found)
    if not settings.USE_TZ and timezone.is_aware(found):
        return timezone.make_naive(found, timezone.get_default_timezone())
    return found


def duration(text: str) -> timedelta:
    """Return a time span written as 90d, 36h or 90m."""
    found = SPAN.fullmatch(text)
    if not found:
        raise ArgumentTypeError(f"{text!r} is not a time span: write it as 90d, 36h or 90m.")
    unit = {"d": "days", "h": "hours", "m": "minutes"}[found[2]]
    return timedelta(**{unit: int(found[1])})
