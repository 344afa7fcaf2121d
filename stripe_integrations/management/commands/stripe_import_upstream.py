from __future__ import annotations

from typing import Any

from stripe_integrations.management.base import StripeCommand
from stripe_integrations.management.importing import run_import
from stripe_integrations.operations import import_upstream


class Command(StripeCommand):
    help = (
        "Import the tables that stripe-integrations 0.0.1 has filled in this database: events, "
        "customers with their users, cards, subscriptions, products, prices and coupons. Stripe's "
        "API is not called. Rows that are there are left as they are, so an interrupted run can "
        "be started again."
    )

    def handle(self, **options: Any) -> None:
        run_import(self, import_upstream.import_steps)
