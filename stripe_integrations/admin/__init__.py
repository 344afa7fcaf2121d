"""The admin: read-only pages of all models, and the management of endpoints.

Our own models are registered here. For a swapped model of your own, register the class yourself:
`admin.site.register(Product, MirrorAdmin)`.
"""

from django.contrib import admin

from stripe_integrations import conf, kinds
from stripe_integrations.admin.base import ReadOnlyAdmin
from stripe_integrations.admin.endpoints import WebhookEndpointAdmin
from stripe_integrations.admin.events import EventAdmin
from stripe_integrations.admin.inlines import StripeCustomerInline
from stripe_integrations.admin.mirrors import MirrorAdmin
from stripe_integrations.admin.objects import StripeObjectAdmin
from stripe_integrations.admin.overview import HealthAdmin
from stripe_integrations.admin.triggers import RefusedCountAdmin, WebhookEventTriggerAdmin

__all__ = [
    "EventAdmin",
    "HealthAdmin",
    "MirrorAdmin",
    "ReadOnlyAdmin",
    "RefusedCountAdmin",
    "StripeCustomerInline",
    "StripeObjectAdmin",
    "WebhookEndpointAdmin",
    "WebhookEventTriggerAdmin",
]

for _name, _admin in {
    **{kind.model: MirrorAdmin for kind in kinds.MIRRORED.values()},
    kinds.GENERIC_MODEL: StripeObjectAdmin,
    "Event": EventAdmin,
    "HealthCount": HealthAdmin,
    "RefusedCount": RefusedCountAdmin,
    "WebhookEndpoint": WebhookEndpointAdmin,
    "WebhookEventTrigger": WebhookEventTriggerAdmin,
}.items():
    if conf.model_label(_name) == f"stripe_integrations.{_name}":
        admin.site.register(conf.model(_name), _admin)
