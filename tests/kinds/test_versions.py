"""The same object as several API versions render it: each gives the same column values.

Four versions have the shape of Stripe's example objects. `basil` and `clover` have that of
`dahlia`, changed by hand to what these versions send.
"""

from copy import deepcopy
from datetime import datetime, timezone

import pytest

from stripe_integrations import kinds
from stripe_integrations.mirror.sync import sync
from tests.kinds import examples

pytestmark = [examples.needed, pytest.mark.django_db]

BEFORE_BASIL = ("2020-08-27", "2022-11-15", "2024-06-20")
VERSIONS = (*BEFORE_BASIL, "basil", "clover", "dahlia")
each_version = pytest.mark.parametrize("version", VERSIONS)

MONDAY, TUESDAY = 1_767_600_000, 1_767_686_400


def time(value):
    return datetime.fromtimestamp(value, tz=timezone.utc)


def rendered(version, kind, **values):
    """Return an object with the attributes that a version has, and these values."""
    shape = examples.resources(version if version in examples.FILES else "dahlia")[kind]
    return {**deepcopy(shape), **values}


def stored(kind, data):
    """Return the columns of the row that an object gives."""
    row = sync(kind, data, None)
    return type(row).objects.filter(pk=row.pk).values().get()


def assert_columns(kind, data, expected):
    columns = stored(kind, data)
    assert {name: columns[name] for name in expected} == expected


def coupon():
    return {"id": "SPRING", "object": "coupon", "percent_off": 25.5}


def coupon_of(version, holder):
    """Return where a discount (`source`) or a promotion code (`promotion`) has its coupon."""
    if version in BEFORE_BASIL or version == "basil":
        return {"coupon": coupon()}
    return {holder: {"coupon": "SPRING", "type": "coupon"}}


def discounts_of(version):
    """Return where a subscription or an invoice has its discount, an object until basil."""
    discounts = {"discounts": ["di_1"]}
    if version not in BEFORE_BASIL:
        return discounts
    discount = {"id": "di_1", "object": "discount", **coupon_of(version, "source")}
    return {"discount": discount, **(discounts if version == "2024-06-20" else {})}


@each_version
def test_discount_has_the_same_columns(version):
    data = rendered(
        version,
        "discount",
        id="di_1",
        customer="cus_1",
        end=TUESDAY,
        invoice=None,
        promotion_code="promo_1",
        start=MONDAY,
        subscription="sub_1",
    )
    data.pop("coupon", None)
    data.pop("source", None)
    data.update(coupon_of(version, "source"))
    assert_columns(
        kinds.DISCOUNT,
        data,
        {
            "coupon_id": "SPRING",
            "customer_id": "cus_1",
            "end": time(TUESDAY),
            "invoice_id": None,
            "promotion_code_id": "promo_1",
            "start": time(MONDAY),
            "subscription_id": "sub_1",
        },
    )


@each_version
def test_promotion_code_has_the_same_columns(version):
    data = rendered(
        version,
        "promotion_code",
        id="promo_1",
        active=True,
        code="FALL20",
        created=MONDAY,
        customer="cus_1",
        expires_at=TUESDAY,
        max_redemptions=5,
        restrictions={
            "first_time_transaction": True,
            "minimum_amount": 1000,
            "minimum_amount_currency": "eur",
        },
        times_redeemed=2,
    )
    data.pop("coupon", None)
    data.pop("promotion", None)
    data.update(coupon_of(version, "promotion"))
    assert_columns(
        kinds.PROMOTION_CODE,
        data,
        {
            "active": True,
            "code": "FALL20",
            "coupon_id": "SPRING",
            "created": time(MONDAY),
            "customer_id": "cus_1",
            "expires_at": time(TUESDAY),
            "first_time_transaction": True,
            "max_redemptions": 5,
            "minimum_amount": 1000,
            "minimum_amount_currency": "eur",
            "times_redeemed": 2,
        },
    )


@each_version
def test_subscription_has_the_same_columns(version):
    data = rendered(
        version,
        "subscription",
        id="sub_1",
        cancel_at=None,
        cancel_at_period_end=False,
        canceled_at=None,
        collection_method="send_invoice",
        created=MONDAY,
        customer="cus_1",
        default_payment_method="pm_1",
        ended_at=None,
        latest_invoice="in_1",
        metadata={"order": "1"},
        schedule="sub_sched_1",
        start_date=MONDAY,
        status="active",
        trial_end=None,
        trial_start=None,
    )
    if "currency" in data:
        data["currency"] = "eur"
    (item,) = data["items"]["data"]
    item["price"].update(id="price_1", currency="eur")
    item["quantity"] = 3
    period = {"current_period_start": MONDAY, "current_period_end": TUESDAY}
    (data if version in BEFORE_BASIL else item).update(period)
    data.pop("discount", None)
    data.update(discounts_of(version))
    assert_columns(
        kinds.SUBSCRIPTION,
        data,
        {
            "cancel_at": None,
            "cancel_at_period_end": False,
            "canceled_at": None,
            "collection_method": "send_invoice",
            "created": time(MONDAY),
            "currency": "eur",
            "current_period_end": time(TUESDAY),
            "current_period_start": time(MONDAY),
            "customer_id": "cus_1",
            "discount_id": "di_1",
            "ended_at": None,
            "latest_invoice_id": "in_1",
            "metadata": {"order": "1"},
            "price_id": "price_1",
            "quantity": 3,
            "schedule_id": "sub_sched_1",
            "start_date": time(MONDAY),
            "status": "active",
            "trial_end": None,
            "trial_start": None,
        },
    )


def parts_of_invoice(version):
    """Return where an invoice has its payment, its subscription, its quote and its tax."""
    taxes = [{"amount": 100}, {"amount": 90}]
    if version in BEFORE_BASIL:
        return {
            "charge": None,
            "payment_intent": "pi_1",
            "quote": "qt_1",
            "subscription": "sub_1",
            "tax": 190,
            "total_tax_amounts": taxes,
        }
    details = {"metadata": {}, "subscription": "sub_1"}
    return {
        "parent": {
            "quote_details": {"quote": "qt_1"},
            "subscription_details": details,
            "type": "subscription_details",
        },
        "payments": {
            "object": "list",
            "data": [
                {
                    "object": "invoice_payment",
                    "is_default": True,
                    "payment": {"type": "payment_intent", "payment_intent": "pi_1"},
                }
            ],
        },
        "total_taxes": taxes,
    }


@each_version
def test_invoice_has_the_same_columns(version):
    data = rendered(
        version,
        "invoice",
        id="in_1",
        amount_due=1190,
        amount_paid=1000,
        amount_remaining=190,
        billing_reason="subscription_cycle",
        collection_method="charge_automatically",
        created=MONDAY,
        currency="eur",
        customer="cus_1",
        hosted_invoice_url="https://invoice.stripe.com/i/1",
        number="A-1",
        status="open",
        status_transitions={
            "finalized_at": MONDAY,
            "marked_uncollectible_at": None,
            "paid_at": TUESDAY,
            "voided_at": None,
        },
        subtotal=1000,
        total=1190,
    )
    for moved in ("charge", "discount", "payment_intent", "quote", "subscription", "tax"):
        data.pop(moved, None)
    data.update(parts_of_invoice(version), **discounts_of(version))
    assert_columns(
        kinds.INVOICE,
        data,
        {
            "amount_due": 1190,
            "amount_paid": 1000,
            "amount_remaining": 190,
            "billing_reason": "subscription_cycle",
            "collection_method": "charge_automatically",
            "created": time(MONDAY),
            "currency": "eur",
            "customer_id": "cus_1",
            "discount_id": "di_1",
            "finalized_at": time(MONDAY),
            "hosted_invoice_url": "https://invoice.stripe.com/i/1",
            "marked_uncollectible_at": None,
            "number": "A-1",
            "paid_at": time(TUESDAY),
            "payment_intent_id": "pi_1",
            "quote_id": "qt_1",
            "status": "open",
            "subscription_id": "sub_1",
            "subtotal": 1000,
            "tax": 190,
            "total": 1190,
            "voided_at": None,
        },
    )


def line_of(version):
    """Return what moved of a line of an invoice, or of an invoice item."""
    if version in BEFORE_BASIL:
        price = {"id": "price_1", "object": "price", "product": "prod_1"}
        return {"price": {**price, "unit_amount": 500, "unit_amount_decimal": "500"}}
    return {
        "pricing": {
            "price_details": {"price": "price_1", "product": "prod_1"},
            "type": "price_details",
            "unit_amount_decimal": "500",
        }
    }


@each_version
def test_line_of_an_invoice_has_the_same_columns(version):
    data = rendered(
        version,
        "line_item",
        id="il_1",
        amount=1000,
        currency="eur",
        invoice="in_1",
        period={"start": MONDAY, "end": TUESDAY},
        quantity=2,
    )
    for moved in ("invoice_item", "parent", "price", "pricing", "proration", "subscription"):
        data.pop(moved, None)
    details = {"proration": True, "subscription": "sub_1", "subscription_item": "si_1"}
    if version in BEFORE_BASIL:
        data.update(details, invoice_item="ii_1", type="subscription")
    else:
        both = {**details, "invoice_item": "ii_1"}
        data["parent"] = {
            "invoice_item_details": None,
            "subscription_item_details": both,
            "type": "subscription_item_details",
        }
    data.update(line_of(version))
    assert_columns(
        kinds.INVOICE_LINE_ITEM,
        data,
        {
            "amount": 1000,
            "currency": "eur",
            "invoice_id": "in_1",
            "invoice_item_id": "ii_1",
            "period_end": time(TUESDAY),
            "period_start": time(MONDAY),
            "price_id": "price_1",
            "product_id": "prod_1",
            "proration": True,
            "quantity": 2,
            "subscription_id": "sub_1",
            "subscription_item_id": "si_1",
            "unit_amount_decimal": 500,
        },
    )


@each_version
def test_invoice_item_has_the_same_columns(version):
    data = rendered(
        version,
        "invoiceitem",
        id="ii_1",
        amount=1000,
        currency="eur",
        customer="cus_1",
        date=MONDAY,
        invoice="in_1",
        period={"start": MONDAY, "end": TUESDAY},
        proration=False,
        quantity=2,
    )
    moved = ("parent", "price", "pricing", "subscription", "unit_amount", "unit_amount_decimal")
    for name in moved:
        data.pop(name, None)
    data.update(line_of(version))
    if version in BEFORE_BASIL:
        data.update(subscription="sub_1", unit_amount=500, unit_amount_decimal="500")
    else:
        details = {"subscription": "sub_1"}
        data["parent"] = {"subscription_details": details, "type": "subscription_details"}
    assert_columns(
        kinds.INVOICE_ITEM,
        data,
        {
            "amount": 1000,
            "created": time(MONDAY),
            "customer_id": "cus_1",
            "invoice_id": "in_1",
            "period_end": time(TUESDAY),
            "period_start": time(MONDAY),
            "price_id": "price_1",
            "product_id": "prod_1",
            "proration": False,
            "quantity": 2,
            "subscription_id": "sub_1",
            "unit_amount_decimal": 500,
        },
    )
