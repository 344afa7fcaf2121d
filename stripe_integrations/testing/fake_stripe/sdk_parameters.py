"""The parameters that Stripe's API takes, as the installed SDK states them."""

from __future__ import annotations

from functools import cache
from typing import Any

import stripe

from stripe_integrations.testing.fake_stripe.port import Refused

#: Parameters that are numbers at Stripe; a form has only text. Those of a payload stay text.
INTEGERS = {
    "amount",
    "amount_off",
    "amount_to_capture",
    "credit_amount",
    "out_of_band_amount",
    "quantity",
    "refund_amount",
    "timestamp",
    "unit_amount",
}
#: What the SDK lets a caller pass beside the parameters.
OPTIONS = {
    "api_key",
    "content_type",
    "headers",
    "idempotency_key",
    "max_network_retries",
    "stripe_account",
    "stripe_context",
    "stripe_version",
}


def check_sdk_names(resource: str, verb: str, params: dict[str, Any]) -> None:
    """Refuse a parameter that Stripe does not know, and a call without one that it requires."""
    known = _annotations(resource, verb)
    for name in params:
        if name not in known:
            raise Refused(400, f"Received unknown parameter: {name}", code="parameter_unknown")
    for name, annotation in known.items():
        if "NotRequired" not in str(annotation) and name not in params:
            raise Refused(400, f"Missing required param: {name}.", code="parameter_missing")


@cache
def _annotations(resource: str, verb: str) -> dict[str, Any]:
    namespace, _, name = resource.rpartition(".")
    holder: Any = getattr(stripe, namespace) if namespace else stripe
    own = getattr(holder, name)
    if hasattr(own, f"{verb}Params"):  # as the SDK has them until 13
        found = getattr(own, f"{verb}Params").__annotations__
    else:
        module: Any = getattr(stripe.params, namespace) if namespace else stripe.params
        found = getattr(module, f"{name}{verb}Params").__annotations__
    return {key: each for key, each in found.items() if key not in OPTIONS}


def numbers(value: Any, name: str = "") -> Any:
    """Return parameters with numbers where Stripe has them."""
    if isinstance(value, dict):
        return {
            key: each if key in ("metadata", "payload") else numbers(each, key)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [numbers(each, name) for each in value]
    if name in INTEGERS and isinstance(value, str) and value.lstrip("-").isdecimal():
        return int(value)
    return value
