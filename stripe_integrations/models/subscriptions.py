from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from stripe_integrations import conf
from stripe_integrations.local_users import described
from stripe_integrations.models.base import Row, StripeModel, id_of
from stripe_integrations.models.fields import StripeLink
from stripe_integrations.models.querysets import OfCustomerQuerySet

if TYPE_CHECKING:
    from typing_extensions import Self

    from stripe_integrations.models.prices import StripeBasePrice
    from stripe_integrations.models.products import StripeBaseProduct


class SubscriptionQuerySet(OfCustomerQuerySet[Row]):
    """Subscriptions."""

    def current(self, grace: timedelta | None = None) -> Self:
        """Keep those that still run: trialing, active, or past due while Stripe retries.

        With `grace`, those whose period ended longer ago than that are left out, by this host's
        clock. None trusts Stripe's status, also where an event has been missed.
        """
        return self._running(("trialing", "active", "past_due"), grace)

    def active(self, grace: timedelta | None = None) -> Self:
        """Keep those that Stripe says to give access to: trialing or active.

        `grace` is that of `current`.
        """
        return self._running(("trialing", "active"), grace)

    def canceling(self) -> Self:
        """Keep those that still run, and are canceled at their period's end or at a date.

        That time is still to come, by this host's clock.
        """
        now = timezone.now()
        at_period_end = Q(cancel_at=None, cancel_at_period_end=True)
        still_to_come = Q(current_period_end=None) | Q(current_period_end__gt=now)
        return self.current().filter(Q(cancel_at__gt=now) | (at_period_end & still_to_come))

    def with_product(self, product: StripeBaseProduct | str) -> Self:
        """Keep those of which any item has a product, given as its row or the row's id.

        Raises TypeError for anything else.
        """
        return self._with_item(product=id_of(product, "Product"))

    def with_price(self, price: StripeBasePrice | str) -> Self:
        """Keep those of which any item has a price, given as its row or the row's id.

        Raises TypeError for anything else.
        """
        return self._with_item(price=id_of(price, "Price", "Plan"))  # an old one's is a plan

    def with_lookup_key(self, lookup_key: str) -> Self:
        """Keep those of which any item has the price that a lookup key means now.

        Raises TypeError for what is no text.
        """
        if not isinstance(lookup_key, str):
            raise TypeError(f"Pass the lookup key of a Price, not {described(lookup_key)}.")
        return self._with_item(price__lookup_key=lookup_key)

    def _running(self, statuses: tuple[str, ...], grace: timedelta | None) -> Self:
        running = self.not_deleted().filter(status__in=statuses)
        if grace is None:
            return running
        # One whose end is not known is kept.
        return running.exclude(current_period_end__lt=timezone.now() - grace)

    def _with_item(self, **item: Any) -> Self:
        # A query inside the query, since a join would return a subscription once for each item.
        conditions = {f"items__{name}": value for name, value in item.items()}
        having = self.model._base_manager.filter(**conditions, items__deleted_at=None)
        return self.filter(pk__in=having.values("pk"))


class StripeBaseSubscription(StripeModel):
    """A subscription; price, quantity and period are those of the first of its `items`.

    Follows https://docs.stripe.com/api/subscriptions/object.
    """

    stripe_paths = {
        "collection_method": ("collection_method", "billing"),
        "currency": (
            "currency",
            "items.data.0.price.currency",
            "items.data.0.plan.currency",
            "plan.currency",
        ),
        "current_period_end": ("current_period_end", "items.data.0.current_period_end"),
        "current_period_start": ("current_period_start", "items.data.0.current_period_start"),
        "discount": ("discounts.0", "discount"),
        "price": ("items.data.0.price", "items.data.0.plan", "plan"),
        "quantity": ("items.data.0.quantity", "quantity"),
        "start_date": ("start_date", "start"),
    }

    customer = StripeLink(conf.model_label("Customer"), related_name="%(class)ss")
    status = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    price = StripeLink(conf.model_label("Price"), related_name="%(class)ss")
    quantity = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    collection_method = models.CharField(max_length=255, null=True, blank=True)
    start_date = models.DateTimeField(null=True, blank=True)
    current_period_start = models.DateTimeField(null=True, blank=True)
    current_period_end = models.DateTimeField(null=True, blank=True)
    trial_start = models.DateTimeField(null=True, blank=True)
    trial_end = models.DateTimeField(null=True, blank=True)
    cancel_at = models.DateTimeField(null=True, blank=True)
    cancel_at_period_end = models.BooleanField(null=True, blank=True)
    canceled_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    default_payment_method = StripeLink(
        conf.model_label("PaymentMethod"), related_name="+", db_index=False
    )
    latest_invoice = StripeLink(conf.model_label("Invoice"), related_name="+", db_index=False)
    schedule = StripeLink(
        conf.model_label("SubscriptionSchedule"), related_name="+", db_index=False
    )
    discount = StripeLink(conf.model_label("Discount"), related_name="+", db_index=False)
    metadata = models.JSONField(null=True, blank=True)

    objects: ClassVar = SubscriptionQuerySet.as_manager()

    class Meta:
        abstract = True


class Subscription(StripeBaseSubscription):
    class Meta(StripeBaseSubscription.Meta):
        swappable = conf.swappable("Subscription")
