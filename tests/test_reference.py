"""The reference pages of the documentation, whose tables are made from the code."""

import re
from pathlib import Path

import pytest

from stripe_integrations import conf, event_types, kinds
from stripe_integrations.mirror import mapping

DOCS = Path(__file__).parents[1] / "docs"
TABLES = (
    "kinds_with_a_model",
    "generic_kinds",
    "types_of_events",
    "types_of_thin_events",
    "common_columns",
    "columns_of_models",
)


@pytest.fixture
def tables(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS / "_ext"))
    import reference_tables

    return reference_tables


def first_cells(table):
    return re.findall(r"^   \* - ``(.+)``$", table, re.MULTILINE)


def row_of(table, cell):
    return re.search(rf"^   \* - ``{re.escape(cell)}``\n((?:     .*\n|\n)*)", table, re.MULTILINE)[
        1
    ]


def test_each_kind_has_a_row(tables):
    assert first_cells(tables.kinds_with_a_model()) == list(kinds.MIRRORED)
    assert first_cells(tables.generic_kinds()) == list(kinds.GENERIC)


@pytest.mark.parametrize("kind", kinds.MIRRORED.values(), ids=lambda kind: kind.object)
def test_row_of_a_kind_leads_to_the_columns_of_its_model(tables, kind):
    assert f":ref:`{kind.model} <columns-{kind.model}>`" in row_of(
        tables.kinds_with_a_model(), kind.object
    )
    assert f".. _columns-{kind.model}:\n\n{kind.model}\n---" in tables.columns_of_models()


def test_each_event_type_has_a_row(tables):
    assert set(first_cells(tables.types_of_events())) == event_types.known()


def test_each_thin_event_type_has_a_row_or_its_twin_has(tables):
    snapshots, thin = tables.types_of_events(), tables.types_of_thin_events()
    twins = {f"v1.{kind}" for kind in first_cells(snapshots)}
    assert event_types.known_thin() <= twins | set(first_cells(thin))


@pytest.mark.parametrize(
    ("kind", "webhook", "models"),
    [
        ("product.updated", "ProductUpdatedWebhook", {"Product"}),
        ("invoice.paid", "MirrorWebhook", {"Invoice"}),
        (
            "customer.source.created",
            "CustomerSourceCreatedWebhook",
            {"BankAccount", "Card", "Source"},
        ),
        ("topup.created", "MirrorWebhook", {"StripeObject"}),
    ],
)
def test_row_of_an_event_type_names_class_and_models(tables, kind, webhook, models):
    row = row_of(tables.types_of_events(), kind)
    assert f"``{webhook}``" in row
    assert set(re.findall(r"<columns-(\w+)>", row)) == models


@pytest.mark.parametrize("name", [name for name in conf.SWAPPABLE if name != "Event"])
def test_each_column_has_a_row_with_its_paths(tables, name):
    section = tables.columns_of_models().partition(f".. _columns-{name}:")[2].partition("\n.. _")[0]
    filled = {column.field.name: column for column in mapping.mapped_columns(conf.model(name))}
    assert first_cells(section) == list(filled)
    for column, source in filled.items():
        row = row_of(section, column)
        assert all(f"``{'.'.join(path)}``" in row for path in source.paths)
        assert ("else " in row) == bool(source.compute)


def test_each_table_is_on_a_page():
    pages = "".join(path.read_text() for path in DOCS.glob("*.rst"))
    assert set(re.findall(r"^\.\. reference-table:: (\w+)$", pages, re.MULTILINE)) == set(TABLES)


def test_computed_value_is_described(tables):
    assert "else the sum of ``total_taxes``" in tables.columns_of_models()
