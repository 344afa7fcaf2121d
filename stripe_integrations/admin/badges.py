"""Statuses as badges: the text says which it is, the colour how urgent it is."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html

from stripe_integrations.choices import EventStatus

#: Nothing to be done.
GOOD = frozenset(
    {
        EventStatus.PROCESSED,
        "accepted",
        "active",
        "available",
        "complete",
        "enabled",
        "no_payment_required",
        "paid",
        "succeeded",
        "trialing",
        "validated",
        "verified",
        "won",
    }
)
#: Somebody or something is waited for.
WAITING = frozenset(
    {
        EventStatus.RECEIVED,
        "in_transit",
        "incomplete",
        "new",
        "open",
        "paused",
        "pending",
        "processing",
        "requires_action",
        "requires_capture",
        "requires_confirmation",
        "requires_input",
        "requires_payment_method",
        "under_review",
        "warning_needs_response",
        "warning_under_review",
    }
)
#: Something went wrong, or is about to.
BAD = frozenset(
    {
        EventStatus.FAILED,  # also what Stripe says of several kinds
        "errored",
        "incomplete_expired",
        "lost",
        "needs_response",
        "past_due",
        "tokenized_account_number_deactivated",
        "uncollectible",
        "unpaid",
        "unverified",
        "verification_failed",
    }
)


def badge(status: str, level: str = "") -> Any:
    """Return a status as a badge, of its own colour by default.

    `level` is good, waiting, bad or neutral, as is a status that Stripe has yet to invent.
    """
    return format_html(
        '<span class="stripe-badge stripe-badge-{}">{}</span>',
        level or _level(status),
        status.replace("_", " "),
    )


def _level(status: str) -> str:
    levels = {"good": GOOD, "waiting": WAITING, "bad": BAD}
    return next((level for level, statuses in levels.items() if status in statuses), "neutral")
