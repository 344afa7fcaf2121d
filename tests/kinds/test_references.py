"""References to other objects, in each shape that Stripe sends, in each link of each kind."""

import pytest

from stripe_integrations import conf
from stripe_integrations.kinds import MIRRORED
from stripe_integrations.mirror import mapping
from stripe_integrations.models import StripeLink

LINKS = [
    pytest.param(kind.model, column, path, id=f"{kind.object}-{'.'.join(path)}")
    for kind in MIRRORED.values()
    for column in mapping.mapped_columns(conf.model(kind.model))
    if isinstance(column.field, StripeLink)
    for path in column.paths
]

DEEP = [link for link in LINKS if len(link.values[2]) > 1]


def holding(path, value):
    """Return an object that holds a value under a path."""
    for step in reversed(path):
        value = [value] if step == "0" else {step: value}
    return value


@pytest.mark.parametrize(("model", "column", "path"), LINKS)
def test_reference_in_any_shape_is_the_id(model, column, path):
    def linked(value):
        return mapping.mapped_values(conf.model(model), holding(path, value), None)[column.attname]

    assert linked("x_1") == "x_1"
    assert linked({"id": "x_1", "object": "x", "created": 5}) == "x_1"
    assert linked({"id": "x_1", "object": "x", "deleted": True}) == "x_1"
    for nothing in (None, "", [], {}, {"object": "x"}, {"id": None}, 5, True, "x" * 300):
        assert linked(nothing) is None


@pytest.mark.parametrize(("model", "column", "path"), DEEP)
def test_empty_list_in_the_place_of_a_hash_is_no_error(model, column, path):
    for depth in range(1, len(path)):
        data = holding(path[:depth], [])
        assert mapping.mapped_values(conf.model(model), data, None).get(column.attname) is None
