"""The fake Stripe's rules for products, prices, coupons, promotion codes and meters."""

from __future__ import annotations

from typing import Any

from stripe_integrations.testing import objects
from stripe_integrations.testing.fake_stripe.keeping import (
    Change,
    Creation,
    Deletion,
    needed,
    objects_at,
    put,
    refuse,
    updated,
)
from stripe_integrations.testing.fake_stripe.mutations import StripeMutations

Data = dict[str, Any]


def product_created(fake: StripeMutations, params: Data) -> Data | None:
    return None


def price_created(fake: StripeMutations, params: Data) -> Data | None:
    if ("product" in params) is ("product_data" in params):
        refuse("You must pass exactly one of product and product_data.", "parameter_missing")
    if "product" in params:
        needed(fake, "products", params["product"])
    if not {"unit_amount", "unit_amount_decimal", "tiers", "custom_unit_amount"} & params.keys():
        refuse("You must pass an amount.", "parameter_missing")
    return None


def coupon_created(fake: StripeMutations, params: Data) -> Data | None:
    if ("percent_off" in params) is ("amount_off" in params):
        refuse("You must pass exactly one of percent_off and amount_off.", "parameter_missing")
    if "amount_off" in params and not params.get("currency"):
        refuse("You must pass currency with amount_off.", "parameter_missing")
    return None


def product_deleted(fake: StripeMutations, id: str) -> Data | None:
    if any(each["product"] == id for each in fake.objects["prices"].values()):
        refuse("This product cannot be deleted because it has one or more user-created prices.")
    return None


def code_created(fake: StripeMutations, params: Data) -> Data:
    promotion = params.pop("promotion", None) or {"type": "coupon", "coupon": params.pop("coupon")}
    needed(fake, "coupons", promotion["coupon"])
    code = params.setdefault("code", f"CODE{next(fake.numbers)}")
    active = [each for each in objects_at(fake, "promotion_codes").values() if each["active"]]
    if any(each["code"] == code for each in active):
        refuse(f"An active promotion code with `code: {code}` already exists.")
    made = objects.bare(
        "promotion_code",
        f"promo_{next(fake.numbers)}",
        **{"active": True, "created": fake.now(), "promotion": promotion, **params},
    )
    return put(fake, "promotion_codes", made, "promotion_code.created")


def code_changed(fake: StripeMutations, stored: Data, verb: str, params: Data) -> Data:
    coupon = stored["promotion"]["coupon"]
    if params.get("active") and coupon not in fake.objects["coupons"]:
        refuse("The coupon is no longer valid.")
    return updated(fake, "promotion_codes", stored, params, "promotion_code.updated")


# -- meters


def meter_created(fake: StripeMutations, params: Data) -> Data:
    meters = objects_at(fake, "billing/meters").values()
    if any(
        each["status"] == "active" and each["event_name"] == params["event_name"] for each in meters
    ):
        refuse("There is already an active meter with this event name.")
    keys = {
        "customer_mapping": {"event_payload_key": "stripe_customer_id", "type": "by_id"},
        "value_settings": {"event_payload_key": "value"},
    }
    made = objects.bare(
        "billing.meter",
        f"mtr_{next(fake.numbers)}",
        **{"status": "active", "created": fake.now(), "status_transitions": {}, **keys, **params},
    )
    return put(fake, "billing/meters", made, "billing.meter.created")


def meter_changed(fake: StripeMutations, stored: Data, verb: str, params: Data) -> Data:
    if verb == "":
        return updated(fake, "billing/meters", stored, params, "billing.meter.updated")
    before, after = {
        "deactivate": ("active", "inactive"),
        "reactivate": ("inactive", "active"),
    }[verb]
    if stored["status"] != before:
        refuse(f"The meter is not {before}.")
    told = f"billing.meter.{verb}d"
    return put(fake, "billing/meters", {**stored, "status": after}, told)


def usage_recorded(fake: StripeMutations, params: Data) -> Data:
    meters = [
        each
        for each in objects_at(fake, "billing/meters").values()
        if each["event_name"] == params["event_name"] and each["status"] == "active"
    ]
    if not meters:
        refuse(f"No active meter found for event name {params['event_name']}.")
    (meter,) = meters
    payload = params["payload"]
    key = meter["customer_mapping"]["event_payload_key"]
    if key not in payload or meter["value_settings"]["event_payload_key"] not in payload:
        refuse("The payload lacks the customer or the value of the meter.")
    needed(fake, "customers", payload[key])
    events = objects_at(fake, "billing/meter_events")
    if params["identifier"] in events:
        refuse(f"An event already exists with identifier {params['identifier']}.")
    events[params["identifier"]] = {
        "object": "billing.meter_event",
        "created": fake.now(),
        "livemode": False,
        "timestamp": fake.now(),
        **params,
    }
    return events[params["identifier"]]


CREATIONS: dict[str, Creation] = {
    "coupons": coupon_created,
    "meter_events": usage_recorded,
    "meters": meter_created,
    "prices": price_created,
    "products": product_created,
    "promotion_codes": code_created,
}
CHANGES: dict[str, Change] = {"meters": meter_changed, "promotion_codes": code_changed}
DELETIONS: dict[str, Deletion] = {"products": product_deleted}
