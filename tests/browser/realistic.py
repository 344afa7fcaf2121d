"""Rows as a shop has them: long ids, names, amounts and states of all sorts."""

from datetime import datetime, timedelta, timezone

from stripe_integrations import conf
from tests.admin import rows

#: A time that stays, so that pictures do.
NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=timezone.utc)
PEOPLE = (
    "Ada Lovelace",
    "Grace Hopper",
    "Katherine Johnson",
    "Mary Somerville",
    "Émilie du Châtelet",
)
STATUSES = ("active", "past_due", "trialing", "canceled", "active")


def _id(prefix, number):
    return f"{prefix}_1P{number}x9LkdIwHu7ixQ4Nm2aBcD"


def fill():
    """Create five customers with what they bought, events, requests and endpoints."""
    user = rows.user(1)
    for number, (name, cents) in enumerate((("Gold", 2000), ("Silver", 950)), 1):
        key = f"prod_{number}Rx9LkdIwHu7ix"
        rows.mirror("Product", pk=key, name=name, active=True, type="service", created=NOW)
        rows.mirror(
            "Price", pk=_id("price", number), product_id=key, currency="usd", unit_amount=cents,
            recurring_interval="month", active=True, type="recurring", created=NOW,
        )  # fmt: skip
    for number, (name, status) in enumerate(zip(PEOPLE, STATUSES, strict=True), 1):
        moment = NOW - timedelta(hours=5 * number)
        customer = f"cus_{number}Rx9LkdIwHu7ix"
        email = f"{name.split()[0].lower()}@example.com"
        rows.mirror(
            "Customer", pk=customer, name=name, email=email, balance=-1050, currency="usd",
            user=user if number == 1 else None, created=moment, delinquent=status == "past_due",
        )  # fmt: skip
        rows.mirror(
            "Subscription", pk=_id("sub", number), customer_id=customer, created=moment,
            price_id=_id("price", 1 + number % 2), quantity=1, status=status, currency="usd",
            current_period_end=NOW + timedelta(days=20),
        )  # fmt: skip
        for month in range(1, 7 if number == 1 else 2):
            rows.mirror(
                "Invoice", pk=_id("in", 10 * number + month), customer_id=customer, currency="usd",
                amount_due=2000, amount_paid=2000, total=2000, number=f"A1B2C3D{number}-000{month}",
                status="open" if month == 6 else "paid", subscription_id=_id("sub", number),
                created=moment - timedelta(days=30 * month), due_date=NOW,
            )  # fmt: skip
        rows.mirror(
            "PaymentMethod", pk=_id("pm", number), customer_id=customer, type="card",
            card_brand="visa", last4="4242", created=moment,
        )  # fmt: skip
        rows.event(
            number, pk=_id("evt", number), kind="customer.subscription.updated", created=moment,
            customer_id=customer, object_id=_id("sub", number), status="processed", runs={},
            traceback="",
        ) if number > 1 else rows.event(
            number, pk=_id("evt", number), created=moment, customer_id=customer, object_id=customer
        )  # fmt: skip
        rows.trigger(
            event=conf.model("Event").objects.get(pk=_id("evt", number)), created=moment,
            webhook_endpoint_id=_id("we", 1), valid=True, processed=number > 1,
            reason="error" if number == 1 else "", remote_ip="192.0.2.7",
        )  # fmt: skip
    conf.model("Customer").objects.filter(name=rows.MARK).delete()
    for number, days in ((1, 400), (2, 1)):
        row = rows.endpoint(
            number, pk=_id("we", number), description="The shop, live since 2024",
            url=f"https://shop.example.com/stripe/webhook/{rows.uuid.UUID(int=7)}",
            uuid=rows.uuid.UUID(int=7), created=NOW - timedelta(days=days),
            retires_at=NOW + timedelta(days=3650) if number == 1 else None,
        )  # fmt: skip
        if number == 1:
            row.secrets.update(expires_at=NOW + timedelta(days=3650))
