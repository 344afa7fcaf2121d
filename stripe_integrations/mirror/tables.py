"""A model's table in one database, as SQL: its names, rows, changes and guards.

Names of columns come from Django's fields, so nothing is written by hand for a model. On PostgreSQL
a row is one parameter, a JSON object with the columns' names as keys; elsewhere each value is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connections

Model = Any

#: Set to their defaults by a snapshot that names no others.
RESET = ("deleted_at", "fetched_at", "in_doubt")


@dataclass
class InsertedRow:
    """The columns and values of an INSERT; `fields` are those whose values are parameters."""

    columns: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    fields: list[Any] = field(default_factory=list)

    @property
    def names(self) -> str:
        """The columns, as INSERT lists them."""
        return ", ".join(self.columns)

    @property
    def listed(self) -> str:
        """The values, as SELECT or VALUES list them."""
        return ", ".join(self.values)


@dataclass(frozen=True)
class Table:
    """The table of a model."""

    using: str
    model: Model

    # -- names

    @property
    def vendor(self) -> str:
        """The kind of database, as Django names it."""
        return str(connections[self.using].vendor)

    @property
    def name(self) -> str:
        """Its quoted name."""
        return self._quote(self.model._meta.db_table)

    def column(self, name: str) -> str:
        """Return the quoted column of a field, of the key for `pk`."""
        options = self.model._meta
        return self._quote((options.pk if name == "pk" else options.get_field(name)).column)

    def _quote(self, name: str) -> str:
        return str(connections[self.using].ops.quote_name(name))

    # -- rows to be inserted

    @property
    def record(self) -> str:
        """The row that a parameter holds, which PostgreSQL gives the types of the table."""
        return f"json_populate_record(NULL::{self.name}, %s)"

    @property
    def records(self) -> str:
        """The rows that a parameter holds."""
        return f"json_populate_recordset(NULL::{self.name}, %s)"

    def row(
        self, present: Sequence[str] | None, *, but_key: bool = False, alone: str = ""
    ) -> InsertedRow:
        """Return the INSERT of a row; an absent column gets its default, if simple as a literal.

        `present` is None for a row that has all its columns. `alone` is a column that is a
        parameter before the others and in none of `fields`.
        """
        made = InsertedRow()
        for each in self.model._meta.concrete_fields:
            if but_key and each.primary_key:
                continue
            is_made = each.has_default() and callable(each.default)
            is_given = present is None or each.attname in present or is_made
            literal = None if is_given else _literal(each.get_default())
            column = self._quote(each.column)
            made.columns.append(column)
            if each.attname == alone:
                literal = f"%s::{each.db_type(connections[self.using])}"
            elif literal is None:
                made.fields.append(each)
                literal = column if self.vendor == "postgresql" else "%s"
            made.values.append(literal)
        return made

    # -- changes of rows that are there

    def changed(self, present: Sequence[str]) -> list[Any]:
        """Return the fields that an update sets."""
        return [
            each
            for each in self.model._meta.concrete_fields
            if not each.primary_key and (each.attname in present or each.attname in RESET)
        ]

    def old(self, name: str) -> str:
        """Return a column of the row that is there, in an upsert."""
        column = self.column(name)
        return column if self.vendor == "mysql" else f"{self.name}.{column}"

    def new(self, name: str) -> str:
        """Return a column of the row that was to be inserted, in an upsert."""
        column = self.column(name)
        return f"VALUES({column})" if self.vendor == "mysql" else f"EXCLUDED.{column}"

    def upsert(self, changes: Sequence[tuple[str, str]]) -> str:
        """Return what follows an INSERT, to change a row that is there; not for MySQL."""
        listed = ", ".join(f"{name} = {value}" for name, value in changes)
        return f"ON CONFLICT ({self.column('pk')}) DO UPDATE SET {listed}"

    # -- conditions

    def are_equal(self, names: Sequence[str]) -> str:
        """Return the condition that some columns have certain values."""
        return " AND ".join(f"{self.column(name)} = %s" for name in names)

    def exists(self, names: Sequence[str]) -> str:
        """Return the condition that some row has certain values in some columns."""
        return f"EXISTS (SELECT 1 FROM {self.name} WHERE {self.are_equal(names)})"

    def is_older(self, revives: bool) -> str:
        """Return the guard of an object's row; what revives it may follow its deletion."""
        as_of, account, deleted_at = (
            f"{self.name}.{self.column(name)}" for name in ("as_of", "account", "deleted_at")
        )
        guard = f"{as_of} < %s AND {account} IS NULL"
        return guard if revives else f"{guard} AND {deleted_at} IS NULL"

    def is_of_account(self) -> str:
        """Return the guard of a part's row: of another account, it is moved by what is certain.

        Nobody else can sign our own account's events. Between two connected accounts, only what the
        API has shown counts.
        """
        old, new = self.old("account"), self.new("account")
        is_shown = " AND ".join(
            (
                f"{old} IS NOT NULL",
                f"{self.new('fetched_at')} IS NOT NULL",
                f"{self.new('deleted_at')} IS NULL",
            )
        )
        return f"({old} = {new} OR {new} IS NULL OR ({is_shown}))"


def _literal(value: Any) -> str | None:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper()
    if type(value) is int:
        return str(value)
    return "''" if value == "" else None
