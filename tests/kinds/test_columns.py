"""Each column of each kind against Stripe's example objects: a wrong path shows as a failure."""

import pytest

from stripe_integrations import conf, models, storable
from stripe_integrations.kinds import MIRRORED
from stripe_integrations.mirror import mapping
from tests.kinds import examples
from tests.kinds.unfilled import NULL, UNFILLED

pytestmark = examples.needed

ABSENT = object()


def mapped(kind):
    """Return the columns that Stripe fills, without those that a swapped model adds."""
    base = getattr(models, f"StripeBase{kind.model}")
    ours = {field.name for field in base._meta.fields}
    columns = mapping.mapped_columns(conf.model(kind.model))
    return [column for column in columns if column.field.name in ours]


def rows(kind):
    """Return (version, object, column values) of each example of a kind, oldest version first."""
    model = conf.model(kind.model)
    for version in examples.FILES:
        for data in examples.of_kind(version, kind.object):
            yield version, data, mapping.mapped_values(model, storable.clean_json(data), None)


def held(data, path):
    """Return what an object holds under a path; ABSENT where the path ends before it."""
    for step in path:
        if isinstance(data, list) and step.isdecimal():
            data = dict(enumerate(data))
            step = int(step)
        data = data.get(step, ABSENT) if isinstance(data, dict) else ABSENT
    return data


def is_value(value):
    """Tell whether something is more than a placeholder: "" is no id, and {} a null."""
    if isinstance(value, dict) and "id" in value:
        value = value["id"]
    return value not in (ABSENT, None, "", {}, [])


@pytest.mark.parametrize("kind", MIRRORED.values(), ids=MIRRORED)
def test_column_is_filled_by_some_example_or_has_a_reason(kind):
    filled = {
        name for _, _, values in rows(kind) for name, value in values.items() if value is not None
    }
    empty = {column.field.name for column in mapped(kind) if column.attname not in filled}
    assert empty == UNFILLED.get(kind.object, {}).keys()


@pytest.mark.parametrize("kind", MIRRORED.values(), ids=MIRRORED)
def test_value_that_an_example_holds_is_in_its_column(kind):
    lost = {
        (version, column.field.name, path)
        for version, data, values in rows(kind)
        for column in mapped(kind)
        for path in column.paths
        if is_value(held(data, path)) and values.get(column.attname) is None
    }
    assert not lost


@pytest.mark.parametrize("kind", MIRRORED.values(), ids=MIRRORED)
def test_column_that_is_null_in_each_example_has_the_name_of_an_attribute(kind):
    named = {
        column.field.name
        for _, data, _ in rows(kind)
        for column in mapped(kind)
        for path in column.paths
        if held(data, path) is not ABSENT
    }
    null = {name for name, reason in UNFILLED.get(kind.object, {}).items() if reason == NULL}
    assert null <= named


def test_reasons_are_given_for_columns_that_exist():
    known = {kind.object: {each.field.name for each in mapped(kind)} for kind in MIRRORED.values()}
    for kind, reasons in UNFILLED.items():
        assert reasons.keys() <= known[kind], kind
        assert all(reasons.values()), kind
