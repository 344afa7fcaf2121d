"""All endpoints, for one line of a project's `urls.py`.

::

    path("billing/", include("stripe_integrations.api.urls"))

A project's own router takes them over by `own_router.registry.extend(router.registry)`.
"""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

from stripe_integrations.api.catalogue import CatalogueViewSet
from stripe_integrations.api.me import (
    CustomerViewSet,
    EntitlementViewSet,
    InvoiceViewSet,
    PaymentMethodViewSet,
    SubscriptionViewSet,
)
from stripe_integrations.api.verbs import (
    CheckoutViewSet,
    PortalViewSet,
    SetupIntentViewSet,
)

router = SimpleRouter()
router.register("catalogue", CatalogueViewSet, basename="stripe-catalogue")
router.register("customer", CustomerViewSet, basename="stripe-customer")
router.register("subscriptions", SubscriptionViewSet, basename="stripe-subscription")
router.register("invoices", InvoiceViewSet, basename="stripe-invoice")
router.register("payment-methods", PaymentMethodViewSet, basename="stripe-payment-method")
router.register("entitlements", EntitlementViewSet, basename="stripe-entitlement")
router.register("checkout", CheckoutViewSet, basename="stripe-checkout")
router.register("portal", PortalViewSet, basename="stripe-portal")
router.register("setup-intent", SetupIntentViewSet, basename="stripe-setup-intent")

# No `app_name`: NamespaceVersioning takes every namespace for a version.
urlpatterns = router.urls
