from datetime import datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stripe_integrations import conf, mapping
from stripe_integrations.actions import MIRRORED

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def same(stored, given):
    """Tell whether a value came back; jsonb writes a float's digits as another number's."""
    if isinstance(given, dict) and isinstance(stored, dict):
        return stored.keys() == given.keys() and all(same(stored[k], given[k]) for k in given)
    if isinstance(given, list) and isinstance(stored, list):
        return len(stored) == len(given) and all(map(same, stored, given))
    if isinstance(given, float) and not isinstance(stored, bool):
        return float(stored) == given
    return stored == given


@pytest.mark.django_db
@pytest.mark.parametrize("kind", MIRRORED)
def test_any_value_in_any_key_can_be_saved(kind):
    model = MIRRORED[kind].model()
    keys = {path.partition(".")[0] for field in mapping.mapped_fields(model)
            for path in mapping.paths(model, field.name)}  # fmt: skip

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(st.sampled_from(sorted(keys)), JSON))
    def holds(data):
        model.objects.all().delete()
        values = mapping.columns(model, data, None)
        row = model(pk="x_1", stripe_data=mapping.clean_json(data), **values)
        row.save(force_insert=True)
        stored = model.objects.get()
        assert all(same(getattr(stored, name), values[name]) for name in values), values

    holds()


@pytest.mark.parametrize(
    ("name", "column", "value", "kept"),
    [
        ("Price", "active", True, True),
        ("Price", "active", 1, None),
        ("Price", "unit_amount", -5, -5),
        ("Price", "unit_amount", 5.0, 5),
        ("Price", "unit_amount", 5.5, None),
        ("Price", "unit_amount", "5", None),
        ("Price", "unit_amount", True, None),
        ("Price", "unit_amount", 2**63 - 1, 2**63 - 1),
        ("Price", "unit_amount", 2**63, None),
        ("Price", "recurring_interval_count", 2**31, None),
        ("Price", "unit_amount_decimal", "0.000381", Decimal("0.000381")),
        ("Price", "unit_amount_decimal", 1.1, Decimal("1.1")),
        ("Price", "unit_amount_decimal", "1e-13", None),
        ("Price", "unit_amount_decimal", "1" * 30, None),
        ("Price", "unit_amount_decimal", "1" * 15, Decimal("1" * 15)),
        ("Price", "unit_amount_decimal", "1" * 16, None),
        ("Price", "unit_amount_decimal", "NaN", None),
        ("Price", "unit_amount_decimal", "", None),
        ("Price", "currency", "x" * 255, "x" * 255),
        ("Price", "currency", "x" * 256, None),
        ("Price", "currency", 5, None),
        ("Price", "nickname", "a\0b\ud800", "a\ufffdb\ufffd"),
        ("Price", "created", 0, datetime(1970, 1, 1, tzinfo=timezone.utc)),
        ("Price", "created", 1_672_662_288_000, None),
        ("Price", "created", "2026-01-01", None),
        ("Price", "created", True, None),
        ("Customer", "default_source", "card_1", "card_1"),
        ("Customer", "default_source", {"id": "card_1", "object": "card"}, "card_1"),
        ("Customer", "default_source", [], None),
    ],
)
def test_what_a_column_holds(name, column, value, kept):
    model = conf.model(name)
    field = model._meta.get_field(column)
    assert mapping.convert(field, value) == kept


@pytest.mark.parametrize(
    ("value", "account", "kept"),
    [
        ("prod_1", None, "prod_1"),
        ({"id": "prod_1"}, None, "prod_1"),
        ({"id": "prod_1", "deleted": True}, None, "prod_1"),
        ({"id": None}, None, None),
        ({}, None, None),
        (None, None, None),
        ("", None, None),
        (5, None, None),
        ("gold", "acct_1", "acct_1/gold"),
    ],
)
def test_reference(value, account, kept):
    field = conf.model("Price")._meta.get_field("product")
    assert mapping.convert(field, value, account) == kept


@pytest.mark.parametrize(
    ("data", "paths", "found"),
    [
        ({"a": 1}, ("a",), 1),
        ({"a": None, "b": 2}, ("a", "b"), 2),
        ({"a": None}, ("a", "b"), None),
        ({}, ("a", "b"), mapping.ABSENT),
        ({"a": [{"b": 3}]}, ("a.0.b",), 3),
        ({"a": []}, ("a.0.b",), mapping.ABSENT),
        ({"a": "text"}, ("a.0",), mapping.ABSENT),
        ({"a": {"0": 4}}, ("a.0",), 4),
    ],
)
def test_look_up(data, paths, found):
    assert mapping.look_up(data, paths) is found


def test_reserved_names_are_never_filled():
    data = dict.fromkeys(mapping.RESERVED, "x")
    for action in MIRRORED.values():
        assert mapping.columns(action.model(), data, None) == {}


def test_time_without_time_zones(settings):
    settings.USE_TZ = False
    settings.TIME_ZONE = "Europe/Berlin"
    assert mapping.to_datetime(1_767_225_600) == datetime(2026, 1, 1, 1)


#: All of Unicode: NUL and lone surrogates are valid JSON, and no database takes them.
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=20)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=ANY_TEXT, number=st.floats() | st.sampled_from([10**400, -(10**400), 2**63]))
def test_text_and_numbers_that_no_database_takes_are_cleaned(text, number):
    data = {
        "name": text,
        "tax_code": {"id": text},
        "default_price": text,
        "images": [text, number],
        "metadata": {text: {text: number}},
        "updated": number,
    }
    model = conf.model("Product")
    model.objects.all().delete()
    values = mapping.columns(model, data, None)
    model(pk="x_1", stripe_data=mapping.clean_json(data), **values).save(force_insert=True)
    row = model.objects.get()
    assert (row.name, row.tax_code) == (mapping.clean_text(text),) * 2
    assert row.default_price_id == (text if mapping.is_usable_id(text) else None)
    assert row.images[0] == mapping.clean_text(text)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [6.871916807391687e16, 1e300, -1e22, 0.1, 1e-300, 5.0])
def test_number_comes_back_as_it_was(number):
    """A row must equal the snapshot that it was made from, or a duplicate looks like news."""
    data = {"metadata": {"number": number}}
    model = conf.model("Product")
    values = mapping.columns(model, data, None)
    model(pk="x_1", stripe_data=mapping.clean_json(data), **values).save(force_insert=True)
    row = model.objects.get()
    assert row.stripe_data == data
    assert row.metadata == data["metadata"]
