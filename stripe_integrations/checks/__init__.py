"""System checks."""

from stripe_integrations.checks.billing import check_billing
from stripe_integrations.checks.endpoints import check_endpoints
from stripe_integrations.checks.models import check_models
from stripe_integrations.checks.owners import check_owners
from stripe_integrations.checks.routes import check_routes
from stripe_integrations.checks.settings import check_settings
from stripe_integrations.checks.swapped import check_swapped
from stripe_integrations.checks.webhooks import check_webhooks

__all__ = [
    "check_billing",
    "check_endpoints",
    "check_models",
    "check_owners",
    "check_routes",
    "check_settings",
    "check_swapped",
    "check_webhooks",
]
