"""What belongs to the owner of the request."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import Http404
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.response import Response

from stripe_integrations import kinds
from stripe_integrations.api.private import PrivateViewSet
from stripe_integrations.api.serializers import (
    CustomerSerializer,
    EntitlementSerializer,
    InvoiceSerializer,
    PaymentMethodSerializer,
    SubscriptionSerializer,
)
from stripe_integrations.api.verbs import SubscriptionVerbsMixin
from stripe_integrations.mirror import rows


class CustomerViewSet(PrivateViewSet):
    """The customer of the owner, the newest if there are several; 404 without one."""

    kind = kinds.CUSTOMER
    serializer_class = CustomerSerializer

    @classmethod
    def as_view(cls, actions: Any = None, **initkwargs: Any) -> Any:
        if actions == {"get": "list"}:  # a router gives the route without an id to a list only
            actions = {"get": "current"}
        return super().as_view(actions, **initkwargs)

    def current(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the owner's customer."""
        customer = self.get_queryset().first()
        if customer is None:
            raise Http404
        return Response(self.get_serializer(customer).data)

    #: The name by which a router knows that there is a route.
    list = current


class OwnedRowsViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PrivateViewSet):
    """Rows of the owner's customers, newest first."""

    ordering_fields: tuple[str, ...] = ("created",)


class SubscriptionViewSet(SubscriptionVerbsMixin, OwnedRowsViewSet):
    """The owner's subscriptions with their items, ended ones too."""

    kind = kinds.SUBSCRIPTION
    serializer_class = SubscriptionSerializer
    filterset_fields = ("status", "cancel_at_period_end", "currency")
    ordering_fields = ("created", "current_period_end", "status")
    search_fields = ("status",)

    def get_queryset(self) -> Any:
        items = rows.of_kind(kinds.SUBSCRIPTION_ITEM).not_deleted()
        present = items.order_by("created", "pk").prefetch_related("price", "product")
        return (
            super()
            .get_queryset()
            .prefetch_related(Prefetch("items", present, to_attr="present_items"))
        )


class InvoiceViewSet(OwnedRowsViewSet):
    """The owner's invoices, but drafts, which may still change."""

    kind = kinds.INVOICE
    serializer_class = InvoiceSerializer
    filterset_fields = ("status", "currency", "billing_reason", "number")
    ordering_fields = ("created", "due_date", "paid_at", "status", "total")
    search_fields = ("number", "description")

    def get_queryset(self) -> Any:
        return super().get_queryset().exclude(status="draft")


class PaymentMethodViewSet(OwnedRowsViewSet):
    """The owner's payment methods that are attached now."""

    kind = kinds.PAYMENT_METHOD
    serializer_class = PaymentMethodSerializer
    filterset_fields = ("type", "card_brand")
    ordering_fields = ("created", "type")
    search_fields = ("type", "card_brand", "last4")

    def get_queryset(self) -> Any:
        return super().get_queryset().of_existing_customers().select_related("customer")


class EntitlementViewSet(OwnedRowsViewSet):
    """The owner's active entitlements."""

    kind = kinds.ACTIVE_ENTITLEMENT
    serializer_class = EntitlementSerializer
    filterset_fields = ("lookup_key",)
    ordering_fields = ("created", "lookup_key")
    search_fields = ("lookup_key",)

    def get_queryset(self) -> Any:
        return super().get_queryset().of_existing_customers().select_related("feature")
