"""Serializers of the billing API: named fields only, never `stripe_data` or a fingerprint.

Amounts are integers in the currency's minor unit, as Stripe has them; fields that end in `_money`
are the same in the currency's unit.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class MoneyField(serializers.DecimalField):
    """An amount in the unit of its currency, with as many decimals as that has."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"max_digits": None, "decimal_places": None, "read_only": True, **kwargs}
        )


class PriceSerializer(serializers.Serializer[Any]):
    """A price. Its nickname is left out: Stripe says that it is hidden from customers."""

    id = serializers.CharField(read_only=True)
    lookup_key = serializers.CharField(read_only=True, allow_null=True)
    currency = serializers.CharField(read_only=True, allow_null=True)
    unit_amount = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="Null for a tiered or fractional price."
    )
    unit_amount_money = MoneyField(allow_null=True)
    type = serializers.CharField(read_only=True, allow_null=True)
    billing_scheme = serializers.CharField(read_only=True, allow_null=True)
    tax_behavior = serializers.CharField(read_only=True, allow_null=True)
    recurring_interval = serializers.CharField(read_only=True, allow_null=True)
    recurring_interval_count = serializers.IntegerField(read_only=True, allow_null=True)
    recurring_usage_type = serializers.CharField(read_only=True, allow_null=True)


class ProductSerializer(serializers.Serializer[Any]):
    """A product."""

    id = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True, allow_null=True)
    description = serializers.CharField(read_only=True, allow_null=True)
    unit_label = serializers.CharField(read_only=True, allow_null=True)
    images = serializers.ListField(child=serializers.CharField(), read_only=True, allow_null=True)


class CatalogueSerializer(ProductSerializer):
    """A product that is for sale, with its active prices."""

    url = serializers.CharField(read_only=True, allow_null=True)
    default_price = serializers.SerializerMethodField(
        help_text="The id of one of the prices; null without."
    )
    prices = PriceSerializer(source="active_prices", many=True, read_only=True)

    def get_default_price(self, product: Any) -> str | None:
        """Return the id of the default price if it is for sale."""
        default: str | None = product.default_price_id
        return default if any(each.pk == default for each in product.active_prices) else None


class CustomerSerializer(serializers.Serializer[Any]):
    """A customer."""

    id = serializers.CharField(read_only=True)
    created = serializers.DateTimeField(read_only=True, allow_null=True)
    email = serializers.CharField(read_only=True, allow_null=True)
    name = serializers.CharField(read_only=True, allow_null=True)
    phone = serializers.CharField(read_only=True, allow_null=True)
    currency = serializers.CharField(read_only=True, allow_null=True)
    balance = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="Less than 0 is credit to the customer."
    )
    balance_money = MoneyField(allow_null=True)
    delinquent = serializers.BooleanField(read_only=True, allow_null=True)
    default_payment_method = serializers.CharField(
        source="default_payment_method_id", read_only=True, allow_null=True
    )


class SubscriptionItemSerializer(serializers.Serializer[Any]):
    """A price and a quantity of a subscription."""

    id = serializers.CharField(read_only=True)
    quantity = serializers.IntegerField(read_only=True, allow_null=True)
    current_period_start = serializers.DateTimeField(read_only=True, allow_null=True)
    current_period_end = serializers.DateTimeField(read_only=True, allow_null=True)
    price = PriceSerializer(read_only=True, allow_null=True)
    product = ProductSerializer(read_only=True, allow_null=True)


class SubscriptionSerializer(serializers.Serializer[Any]):
    """A subscription with its items."""

    id = serializers.CharField(read_only=True)
    created = serializers.DateTimeField(read_only=True, allow_null=True)
    status = serializers.CharField(read_only=True, allow_null=True)
    currency = serializers.CharField(read_only=True, allow_null=True)
    collection_method = serializers.CharField(read_only=True, allow_null=True)
    start_date = serializers.DateTimeField(read_only=True, allow_null=True)
    current_period_start = serializers.DateTimeField(read_only=True, allow_null=True)
    current_period_end = serializers.DateTimeField(read_only=True, allow_null=True)
    trial_start = serializers.DateTimeField(read_only=True, allow_null=True)
    trial_end = serializers.DateTimeField(read_only=True, allow_null=True)
    cancel_at = serializers.DateTimeField(read_only=True, allow_null=True)
    cancel_at_period_end = serializers.BooleanField(read_only=True, allow_null=True)
    canceled_at = serializers.DateTimeField(read_only=True, allow_null=True)
    ended_at = serializers.DateTimeField(read_only=True, allow_null=True)
    default_payment_method = serializers.CharField(
        source="default_payment_method_id", read_only=True, allow_null=True
    )
    latest_invoice = serializers.CharField(
        source="latest_invoice_id", read_only=True, allow_null=True
    )
    items = SubscriptionItemSerializer(source="present_items", many=True, read_only=True)


class InvoiceSerializer(serializers.Serializer[Any]):
    """An invoice, with the links to its page at Stripe and its PDF."""

    id = serializers.CharField(read_only=True)
    created = serializers.DateTimeField(read_only=True, allow_null=True)
    number = serializers.CharField(read_only=True, allow_null=True)
    status = serializers.CharField(read_only=True, allow_null=True)
    billing_reason = serializers.CharField(read_only=True, allow_null=True)
    description = serializers.CharField(read_only=True, allow_null=True)
    subscription = serializers.CharField(source="subscription_id", read_only=True, allow_null=True)
    currency = serializers.CharField(read_only=True, allow_null=True)
    subtotal = serializers.IntegerField(read_only=True, allow_null=True)
    subtotal_money = MoneyField(allow_null=True)
    tax = serializers.IntegerField(read_only=True, allow_null=True)
    tax_money = MoneyField(allow_null=True)
    total = serializers.IntegerField(read_only=True, allow_null=True)
    total_money = MoneyField(allow_null=True)
    amount_due = serializers.IntegerField(read_only=True, allow_null=True)
    amount_due_money = MoneyField(allow_null=True)
    amount_paid = serializers.IntegerField(read_only=True, allow_null=True)
    amount_paid_money = MoneyField(allow_null=True)
    amount_remaining = serializers.IntegerField(read_only=True, allow_null=True)
    amount_remaining_money = MoneyField(allow_null=True)
    period_start = serializers.DateTimeField(read_only=True, allow_null=True)
    period_end = serializers.DateTimeField(read_only=True, allow_null=True)
    due_date = serializers.DateTimeField(read_only=True, allow_null=True)
    paid_at = serializers.DateTimeField(read_only=True, allow_null=True)
    hosted_invoice_url = serializers.CharField(read_only=True, allow_null=True)
    invoice_pdf = serializers.CharField(read_only=True, allow_null=True)


class PaymentMethodSerializer(serializers.Serializer[Any]):
    """A payment method. Its fingerprint, which tells customers with one card apart, is left out."""

    id = serializers.CharField(read_only=True)
    created = serializers.DateTimeField(read_only=True, allow_null=True)
    type = serializers.CharField(read_only=True, allow_null=True)
    last4 = serializers.CharField(read_only=True, allow_null=True)
    card_brand = serializers.CharField(read_only=True, allow_null=True)
    card_funding = serializers.CharField(read_only=True, allow_null=True)
    card_exp_month = serializers.IntegerField(read_only=True, allow_null=True)
    card_exp_year = serializers.IntegerField(read_only=True, allow_null=True)
    is_default = serializers.SerializerMethodField()

    def get_is_default(self, method: Any) -> bool:
        """Tell whether the customer's invoices are paid by it."""
        return bool(method.customer and method.customer.default_payment_method_id == method.pk)


class EntitlementSerializer(serializers.Serializer[Any]):
    """An active entitlement."""

    id = serializers.CharField(read_only=True)
    lookup_key = serializers.CharField(read_only=True, allow_null=True)
    feature = serializers.CharField(source="feature_id", read_only=True, allow_null=True)
    feature_name = serializers.CharField(source="feature.name", read_only=True, default=None)


class CheckoutSessionSerializer(serializers.Serializer[Any]):
    """A checkout session that is open; its `url` is the page to send the customer to."""

    id = serializers.CharField(read_only=True)
    mode = serializers.CharField(read_only=True, allow_null=True)
    status = serializers.CharField(read_only=True, allow_null=True)
    url = serializers.CharField(read_only=True, allow_null=True)
    expires_at = serializers.DateTimeField(read_only=True, allow_null=True)


class PortalSessionSerializer(serializers.Serializer[Any]):
    """A session of the customer portal."""

    url = serializers.CharField(read_only=True)


class SetupIntentSerializer(serializers.Serializer[Any]):
    """A setup intent, with the secret that is meant for the customer's browser."""

    id = serializers.CharField(read_only=True)
    status = serializers.CharField(read_only=True, allow_null=True)
    client_secret = serializers.CharField(read_only=True, allow_null=True)
