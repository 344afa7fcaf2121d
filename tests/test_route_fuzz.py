"""Signed events with anything anywhere: stored and 200, or refused and 400; never a 500.

FUZZ sets how many events are made: one for ten.
"""

import copy
import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stripe_integrations import conf
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db(transaction=True)

EVENTS = int(os.environ.get("FUZZ", "200")) // 10

#: All of Unicode: NUL and lone surrogates are valid JSON, and no database takes them.
TEXT = st.text(st.characters(exclude_categories=()), max_size=300)
NUMBERS = (
    st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([2**31, 2**63, -(2**63) - 1, 10**400, 1e300])
)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)
KINDS = {
    "customer.source.updated": objects.card,
    "customer.subscription.updated": objects.subscription,
    "customer.updated": objects.customer,
    "coupon.deleted": objects.coupon,
    "price.created": objects.price,
    "product.updated": objects.product,
    "checkout.session.completed": lambda: {
        "id": "cs_1",
        "object": "checkout.session",
        "client_reference_id": "1",
        "customer": "cus_1",
    },
}


def places(value, path=()):
    """Yield the path of everything inside a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield (*path, key)
        if isinstance(inner, (dict, list)):
            yield from places(inner, (*path, key))


def replaced(message, path, value):
    """Return a copy with another value in one place."""
    message = copy.deepcopy(message)
    inner = message
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return message


def test_any_value_in_any_place_is_never_a_500(poster):
    events = [objects.event(kind, build()) for kind, build in KINDS.items()]
    known = [(event, path) for event in events for path in places(event)]

    @settings(max_examples=EVENTS, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(known), JSON)
    def never_fails(place, value):
        event, path = place
        fresh = {**event, "id": objects.event("a", {})["id"]}
        message = replaced(fresh, path, value)
        status = poster.signed(json.dumps(message).encode())
        stored = conf.model("Event").objects.filter(body=json.dumps(message))
        assert (status, stored.count()) in ((200, 1), (400, 0))
        if status == 200:
            assert stored.get().message == message

    never_fails()
