from datetime import datetime, timezone
from decimal import Decimal

import pytest
from django.db import models
from django.test.utils import isolate_apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stripe_integrations import conf, storable
from stripe_integrations.actions import MIRRORED
from stripe_integrations.mirror import mapping
from tests.large_tables import large_table

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


def held(field, value, account=None):
    """Return what a column holds for a value of Stripe's."""
    return None if value is None else mapping.converter_of(field)(value, field, account)


@pytest.mark.django_db
@large_table
@pytest.mark.parametrize("kind", MIRRORED)
def test_any_value_in_any_key_can_be_saved(kind):
    model = MIRRORED[kind].model()
    columns = mapping.mapped_columns(model)
    keys = {path[0] for column in columns for path in column.paths}

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(st.sampled_from(sorted(keys)), JSON))
    def holds(data):
        model.objects.all().delete()
        clean = storable.clean_json(data)
        values = mapping.mapped_values(model, clean, None)
        row = model(pk="x_1", stripe_data=clean, **values)
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
        (
            "Price",
            "created",
            1_672_662_288_000,
            datetime(2023, 1, 2, 12, 24, 48, tzinfo=timezone.utc),
        ),
        ("Price", "created", 10**12 - 1, None),
        ("Price", "created", 10**18, None),
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
    assert held(field, storable.clean_json(value)) == kept


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
def test_reference_is_kept_as_an_id(value, account, kept):
    field = conf.model("Price")._meta.get_field("product")
    assert held(field, value, account) == kept


@pytest.mark.parametrize(
    ("data", "paths", "found"),
    [
        ({"a": 1}, (("a",),), 1),
        ({"a": None, "b": 2}, (("a",), ("b",)), 2),
        ({"a": None}, (("a",), ("b",)), None),
        ({}, (("a",), ("b",)), mapping.ABSENT),
        ({"a": [{"b": 3}]}, (("a", "0", "b"),), 3),
        ({"a": []}, (("a", "0", "b"),), mapping.ABSENT),
        ({"a": "text"}, (("a", "0"),), mapping.ABSENT),
        ({"a": {"0": 4}}, (("a", "0"),), 4),
    ],
)
def test_first_path_that_leads_to_a_value_is_taken(data, paths, found):
    assert mapping.value_at(data, paths) is found


def test_reserved_names_are_never_filled():
    data = dict.fromkeys(mapping.RESERVED, "x")
    for action in MIRRORED.values():
        assert mapping.mapped_values(action.model(), data, None) == {}


def test_time_without_time_zones_is_the_projects(settings):
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
    clean = storable.clean_json(data)
    values = mapping.mapped_values(model, clean, None)
    model(pk="x_1", stripe_data=clean, **values).save(force_insert=True)
    row = model.objects.get()
    assert (row.name, row.tax_code) == (storable.clean_text(text),) * 2
    assert row.default_price_id == (text if storable.is_usable_id(text) else None)
    assert row.images[0] == storable.clean_text(text)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [6.871916807391687e16, 1e300, -1e22, 0.1, 1e-300, 5.0])
def test_number_comes_back_as_it_was(number):
    """A row must equal the snapshot that it was made from, or a duplicate looks like news."""
    data = {"metadata": {"number": number}}
    model = conf.model("Product")
    clean = storable.clean_json(data)
    values = mapping.mapped_values(model, clean, None)
    model(pk="x_1", stripe_data=clean, **values).save(force_insert=True)
    row = model.objects.get()
    assert row.stripe_data == data
    assert row.metadata == data["metadata"]


@pytest.mark.parametrize("value", [{"a": [1, {"b": None}, "c", True]}, [[]], {}, "a", 1, None])
def test_clean_json_is_not_copied(value):
    assert storable.clean_json(value) is value


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        ({"a": [1, {"b": "\x00"}]}, {"a": [1, {"b": "\ufffd"}]}),
        ({"a\x00": None}, {"a\ufffd": None}),
        ({"a\ufffd": None, "a\x00": None}, {"a\ufffd": None}),
        ([[2.0]], [[2]]),
        ({"a": 1e400}, {"a": None}),
    ],
)
def test_json_that_is_not_clean_is_a_copy_and_stays_as_it_was(value, clean):
    before = repr(value)
    assert storable.clean_json(value) == clean
    assert repr(value) == before


@isolate_apps("stripe_integrations")
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"total": 5, "parts": [1, 2]}, {"total": 5}),
        ({"total": None, "parts": [1, 2]}, {"total": 3}),
        ({"parts": [1, 2]}, {"total": 3}),
        ({"total": None}, {"total": None}),
        ({}, {}),
    ],
)
def test_computed_value_counts_where_no_path_has_one(data, expected):
    class Sum(models.Model):
        stripe_computed = {"total": lambda data: sum(data["parts"]) if "parts" in data else None}

        total = models.BigIntegerField(null=True)

        class Meta:
            app_label = "stripe_integrations"

    assert mapping.mapped_values(Sum, data, None) == expected
