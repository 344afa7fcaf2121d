"""The verbs of products, prices, coupons, promotion codes and meters."""

from stripe_integrations import client
from stripe_integrations.actions import (
    StripeCoupon,
    StripeMeter,
    StripePrice,
    StripeProduct,
    StripePromotionCode,
)
from stripe_integrations.actions.promotion_codes import PROMOTION
from tests.actions.at_stripe import held, make
from tests.actions.verb_case import VerbCase, customer


def a_name(_api):
    """Return what a product or a meter is to be called."""
    return "Gold"


def a_percentage(_api):
    return 12.5


def product(api, **values):
    api.create("products", {"id": "prod_gold", "name": "Gold", **values})
    return StripeProduct.retrieve("prod_gold")


def archived_product(api):
    return product(api, active=False)


def price(api, **values):
    api.create("prices", {"id": "price_gold", **values})
    return StripePrice.retrieve("price_gold")


def archived_price(api):
    return price(api, active=False)


def coupon(api):
    api.create("coupons", {"id": "SPRING", "percent_off": 10.0})
    return StripeCoupon.retrieve("SPRING")


def promotion_code(api):
    coupon(api)
    asked = {"coupon": "SPRING"}
    if client.api_version() >= PROMOTION:
        asked = {"promotion": {"type": "coupon", **asked}}
    made = make(api, "promotion_codes", code="HELLO", **asked)
    return StripePromotionCode.retrieve(made["id"])


def archived_code(api):
    row = promotion_code(api)
    make(api, f"promotion_codes/{row.pk}", active=False)
    return StripePromotionCode.retrieve(row.pk)


def meter(api, *verbs):
    """Return the row of a meter, on which the verbs were called."""
    asked = {"display_name": "Calls", "event_name": "calls"}
    id = make(api, "billing/meters", **asked, default_aggregation={"formula": "sum"})["id"]
    for verb in verbs:
        make(api, f"billing/meters/{id}/{verb}")
    return StripeMeter.retrieve(id)


def inactive_meter(api):
    return meter(api, "deactivate")


def metered(api):
    """Return the name of the event that a meter counts; there is a customer to count for."""
    customer(api)
    return meter(api).event_name


def usage(api):
    return [each["payload"]["value"] for each in held_events(api)]


def held_events(api):
    return api.current.others.get("billing/meter_events", {}).values()


MARKED = {"kwargs": {"metadata": {"a": "b"}}}

CASES = [
    VerbCase(StripeProduct, "create", a_name, held("products", "name"), ["Gold"], is_of_user=True),
    VerbCase(
        StripeProduct, "update", product, held("products", "metadata"), [{"a": "b"}], **MARKED
    ),
    VerbCase(StripeProduct, "archive", product, held("products", "active"), [False]),
    VerbCase(StripeProduct, "unarchive", archived_product, held("products", "active"), [True]),
    VerbCase(StripeProduct, "delete", product, held("products", "id"), []),
    VerbCase(
        StripePrice,
        "create",
        product,
        held("prices", "product", "unit_amount", "currency"),
        [("prod_gold", 1050, "usd")],
        args=(1050, "usd"),
        kwargs={"recurring": {"interval": "month"}},
    ),
    VerbCase(StripePrice, "update", price, held("prices", "metadata"), [{"a": "b"}], **MARKED),
    VerbCase(StripePrice, "archive", price, held("prices", "active"), [False]),
    VerbCase(StripePrice, "unarchive", archived_price, held("prices", "active"), [True]),
    VerbCase(
        StripeCoupon,
        "create",
        a_percentage,
        held("coupons", "percent_off", "duration"),
        [(12.5, "once")],
        kwargs={"duration": "once"},
        is_of_user=True,
    ),
    VerbCase(StripeCoupon, "update", coupon, held("coupons", "metadata"), [{"a": "b"}], **MARKED),
    VerbCase(StripeCoupon, "delete", coupon, held("coupons", "id"), []),
    VerbCase(
        StripePromotionCode,
        "create",
        coupon,
        held("promotion_codes", "code", "promotion"),
        [("HELLO", {"type": "coupon", "coupon": "SPRING"})],
        args=("HELLO",),
    ),
    VerbCase(
        StripePromotionCode,
        "update",
        promotion_code,
        held("promotion_codes", "metadata"),
        [{"a": "b"}],
        **MARKED,
    ),
    VerbCase(
        StripePromotionCode, "archive", promotion_code, held("promotion_codes", "active"), [False]
    ),
    VerbCase(
        StripePromotionCode, "unarchive", archived_code, held("promotion_codes", "active"), [True]
    ),
    VerbCase(
        StripeMeter,
        "create",
        a_name,
        held("billing/meters", "display_name", "event_name"),
        [("Gold", "calls")],
        args=("calls",),
        is_of_user=True,
    ),
    VerbCase(
        StripeMeter,
        "update",
        meter,
        held("billing/meters", "display_name"),
        ["All calls"],
        kwargs={"display_name": "All calls"},
    ),
    VerbCase(StripeMeter, "deactivate", meter, held("billing/meters", "status"), ["inactive"]),
    VerbCase(
        StripeMeter, "reactivate", inactive_meter, held("billing/meters", "status"), ["active"]
    ),
    VerbCase(
        StripeMeter,
        "record",
        metered,
        usage,
        ["25"],
        args=("cus_ada", 25),
        is_of_user=True,
        kwargs={"identifier": "job 7"},
        note="identified",
    ),
    VerbCase(
        StripeMeter,
        "record",
        metered,
        usage,
        ["25"],
        args=("cus_ada", 25),
        is_of_user=True,
        kwargs={"timestamp": 1_800_000_000},
        note="of a time",
    ),
    VerbCase(
        StripeMeter,
        "record",
        metered,
        usage,
        ["25"],
        args=("cus_ada", 25),
        is_of_user=True,
        note="each call",
        is_repeatable=True,
    ),
]
