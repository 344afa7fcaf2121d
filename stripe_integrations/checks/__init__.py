"""What goes wrong in practice, said at start-up."""

from stripe_integrations.checks.endpoints import check_endpoints
from stripe_integrations.checks.models import check_models
from stripe_integrations.checks.routes import check_routes
from stripe_integrations.checks.settings import check_settings
from stripe_integrations.checks.webhooks import check_webhooks

__all__ = [
    "check_endpoints",
    "check_models",
    "check_routes",
    "check_settings",
    "check_webhooks",
]
