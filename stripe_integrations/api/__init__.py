"""Viewsets to build a billing page from, on the mirror and the verbs.

Requests come in, scoped to their owner (`request_owner`); rows go out through the explicit fields
of `serializers`, and changes go through `actions`. `urls` mounts all of it; each viewset can also
be registered alone. Open `private` first: what every private viewset has in common.
"""

from stripe_integrations.api.catalogue import CatalogueViewSet
from stripe_integrations.api.me import (
    CustomerViewSet,
    EntitlementViewSet,
    InvoiceViewSet,
    PaymentMethodViewSet,
    SubscriptionViewSet,
)
from stripe_integrations.api.permissions import HasEntitlement, HasSubscription
from stripe_integrations.api.verbs import (
    CheckoutViewSet,
    PortalViewSet,
    SetupIntentViewSet,
)

__all__ = [
    "CatalogueViewSet",
    "CheckoutViewSet",
    "CustomerViewSet",
    "EntitlementViewSet",
    "HasEntitlement",
    "HasSubscription",
    "InvoiceViewSet",
    "PaymentMethodViewSet",
    "PortalViewSet",
    "SetupIntentViewSet",
    "SubscriptionViewSet",
]
