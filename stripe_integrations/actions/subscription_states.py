"""The verbs on whether a subscription runs: its trial, its end, and its pauses."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import stripe

from stripe_integrations import client
from stripe_integrations.actions import arguments
from stripe_integrations.actions.arguments import Reference, timestamp
from stripe_integrations.actions.base import StripeAction
from stripe_integrations.mirror import rows

if TYPE_CHECKING:
    from stripe_integrations.models import StripeBaseSubscription, Subscription

#: The statuses that a subscription does not leave any more.
ENDED = ("canceled", "incomplete_expired")


class SubscriptionStateVerbs(StripeAction["Subscription"]):
    """Verbs on the trial, the end and the pauses of a subscription.

    A time is a datetime or Unix seconds. `params` are Stripe's own. Each raises stripe.StripeError.
    """

    @classmethod
    def extend_trial(
        cls,
        subscription: StripeBaseSubscription | str,
        until: datetime | int,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Subscription:
        """Let the trial of a subscription end at a time to come, and return the row.

        One that is paid for already begins a trial.
        """
        changes = {"trial_end": timestamp(until), **params}
        return cls._change(subscription, changes, idempotency_key=idempotency_key)

    @classmethod
    def cancel(
        cls,
        subscription: StripeBaseSubscription | str,
        at_period_end: bool = True,
        *,
        at: datetime | int | None = None,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Subscription:
        """Cancel a subscription at the end of the paid period, at once, or `at` a time.

        Returns the row. One that is canceled already is no error: the answer to an earlier call may
        have been lost.
        """
        if at is None and not at_period_end:
            return cls._cancel_now(subscription, params, idempotency_key)
        end = {"cancel_at_period_end": True} if at is None else {"cancel_at": timestamp(at)}
        return cls._change(subscription, {**end, **params}, idempotency_key=idempotency_key)

    @classmethod
    def resume(
        cls,
        subscription: StripeBaseSubscription | str,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Subscription:
        """Undo a cancellation to come, or let a paused subscription go on, and return the row.

        Which of them is read from the mirror. What is canceled already stays so: Stripe's error
        says it. For paused collection there is `unpause_collection`.
        """
        row = cls._stored(arguments.reference(cls.kind, subscription))
        if row.status == "paused":
            return cls._change(subscription, params, "resume", idempotency_key=idempotency_key)
        is_at_a_date = row.cancel_at is not None and not row.cancel_at_period_end
        undone = {"cancel_at": ""} if is_at_a_date else {"cancel_at_period_end": False}
        return cls._change(subscription, {**undone, **params}, idempotency_key=idempotency_key)

    @classmethod
    def pause_collection(
        cls,
        subscription: StripeBaseSubscription | str,
        behavior: str = "void",
        resumes_at: datetime | int | None = None,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Subscription:
        """Let the invoices of a subscription not be paid for a while, and return the row.

        `behavior` says what becomes of them: void, keep_as_draft or mark_uncollectible. The status
        of the subscription stays as it is. Follows
        https://docs.stripe.com/billing/subscriptions/pause-payment.
        """
        pause: dict[str, Any] = {"behavior": behavior}
        if resumes_at is not None:
            pause["resumes_at"] = timestamp(resumes_at)
        changes = {"pause_collection": pause, **params}
        return cls._change(subscription, changes, idempotency_key=idempotency_key)

    @classmethod
    def unpause_collection(
        cls,
        subscription: StripeBaseSubscription | str,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Subscription:
        """Let the invoices of a subscription be paid again, and return the row."""
        changes = {"pause_collection": "", **params}
        return cls._change(subscription, changes, idempotency_key=idempotency_key)

    @classmethod
    def _cancel_now(
        cls, subscription: Any, params: dict[str, Any], idempotency_key: str | None
    ) -> Subscription:
        try:
            return cls._change(
                subscription, params, method="delete", idempotency_key=idempotency_key
            )
        except stripe.InvalidRequestError as error:
            if error.code not in client.MISSING:
                raise
            given = arguments.reference(cls.kind, subscription)
            row = cls.retrieve(given.id, account=given.account)
            if not cls._is_unusable(row):
                raise
            return cls._up_to_date(subscription, row)

    @classmethod
    def _stored(cls, given: Reference) -> Subscription:
        """Return the row as it is stored now; read from the API if the mirror has none."""
        row: Subscription | None = rows.find_row(cls.kind, given.id, given.account)
        return row or cls.retrieve(given.id, account=given.account)

    @classmethod
    def _is_unusable(cls, row: Subscription) -> bool:
        return super()._is_unusable(row) or row.status in ENDED
