"""The tables of `stripe-integrations` 0.0.1 into the mirror, without a call to Stripe.

An import that broke off is started again: what is there is left as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from stripe_integrations import conf
from stripe_integrations.choices import EventStatus, Verb
from stripe_integrations.kinds import Kind
from stripe_integrations.operations import foreign_tables, upstream_tables
from stripe_integrations.operations.foreign_tables import CannotImport, ForeignTable, Row
from stripe_integrations.operations.import_steps import ImportedBatch, ImportStep
from stripe_integrations.operations.stored_events import StoredEvent, insert_absent_events
from stripe_integrations.operations.stored_objects import (
    Outcomes,
    StoredObject,
    insert_absent,
)
from stripe_integrations.operations.stored_users import Subscribers, users_key
from stripe_integrations.operations.upstream_tables import PURGED, SHARED, UpstreamModel

NOT_PROCESSED = "not processed: stripe_catch_up reads those of the last 30 days"


class _Told(NamedTuple):
    """An object as its newest event shows it, and the time of that."""

    data: dict[str, Any]
    as_of: int
    is_deleted: bool
    #: Whether another event of the same moment shows it otherwise.
    in_doubt: bool


def import_steps() -> list[ImportStep]:
    """Return the steps that import every table, in their order. Raises CannotImport."""
    tables = _tables()
    events = [each for each in tables if each.columns >= upstream_tables.EVENT_MARKS]
    steps = [
        # Events first: they hold whole objects, the other tables some of their attributes.
        *(ImportStep(each.name, each.count(), partial(_import_events, each)) for each in events),
        *(
            ImportStep(each.name, each.count(), partial(_import_objects, model, each, tables))
            for model in upstream_tables.MODELS
            for each in upstream_tables.of_model(model, tables)
        ),
    ]
    if not steps:
        raise CannotImport(
            "No table has the columns of a base model of stripe-integrations 0.0.1: stripe_id, "
            "created_at, modified_at, …. If the project has renamed them, restore their names."
        )
    return steps


def _tables() -> list[ForeignTable]:
    found = filter(None, map(foreign_tables.find_table, sorted(foreign_tables.all_tables())))
    return [each for each in found if each.columns >= SHARED]


def _import_events(table: ForeignTable) -> Iterator[ImportedBatch]:
    columns = ("stripe_id", "processed", "validated_message", "webhook_message")
    for batch in table.batches("id", columns):
        done = [row for row in batch if row["processed"]]
        outcomes = insert_absent_events([StoredEvent(_message(row), None) for row in done])
        if left := len(batch) - len(done):
            outcomes[NOT_PROCESSED] += left
        yield ImportedBatch(len(batch), str(batch[-1]["stripe_id"]), outcomes)


def _message(row: Row) -> Any:
    """Return the event as it was read from Stripe, else as it was sent, which nobody has proven."""
    read = foreign_tables.from_json(row["validated_message"])
    return read or foreign_tables.from_json(row["webhook_message"])


def _import_objects(
    model: UpstreamModel, table: ForeignTable, tables: list[ForeignTable]
) -> Iterator[ImportedBatch]:
    links = [_link(table, attribute, tables) for attribute, _ in model.links]
    owner = next((each for each in table.columns if table.target(each) == users_key()), None)
    users = owner and Subscribers(table, owner, "stripe_id")
    own = ["stripe_id", "livemode", "metadata", PURGED, *(link.column for link in links)]
    for batch in table.batches("id", [*own, *model.columns, *([owner] if owner else [])]):
        told = _newest(model.kind, [str(row["stripe_id"]) for row in batch])
        outcomes: Outcomes = Counter()
        objects = [_object(model, row, told, links) for row in batch]
        if users:
            objects, unlinked = users.link(objects, batch)
            outcomes += unlinked
        outcomes += insert_absent(objects)
        yield ImportedBatch(len(batch), str(batch[-1]["stripe_id"]), outcomes)


class _Link(NamedTuple):
    """A foreign key: the attribute that it stands for, its column, and the ids by its values."""

    attribute: str
    column: str
    ids: dict[str, str]


def _link(table: ForeignTable, attribute: str, tables: list[ForeignTable]) -> _Link:
    column = f"{attribute}_id"
    target = table.target(column)
    there = next((each for each in tables if target and each.name == target[0]), None)
    ids = {} if there is None else there.pairs("id", "stripe_id")
    return _Link(attribute, column, {str(key): value for key, value in ids.items()})


def _object(
    model: UpstreamModel, row: Row, told: dict[str, _Told], links: Sequence[_Link]
) -> StoredObject:
    known = told.get(row["stripe_id"])
    is_purged = row[PURGED] is not None
    if known is not None:
        return StoredObject(
            model.kind,
            known.data,
            known_since=known.as_of,
            is_deleted=is_purged or known.is_deleted,
            in_doubt=known.in_doubt,
        )
    data = upstream_tables.stated_attributes(model, row)
    for link in links:
        data[link.attribute] = link.ids.get(str(row[link.column]))
    return StoredObject(model.kind, data, is_deleted=is_purged, in_doubt=True)


def _newest(kind: Kind, ids: list[str]) -> dict[str, _Told]:
    """Return the objects with these ids as their newest processed events show them."""
    rows = conf.model("Event")._base_manager.using(conf.database())
    events = rows.filter(object_id__in=ids, object_type=kind.object, account=None)
    done = events.filter(status=EventStatus.PROCESSED).order_by("as_of", "pk")
    found: dict[str, _Told] = {}
    for event in done.iterator(foreign_tables.BATCH):
        if data := event.stripe_object:
            is_deleted = event.verb == Verb.DELETED and kind.is_deletable
            before = found.get(event.object_id)
            is_close = before is not None and event.as_of - before.as_of <= conf.get("CLOCK_GUARD")
            in_doubt = is_close and before is not None and before.data != data
            found[event.object_id] = _Told(data, event.as_of, is_deleted, in_doubt)
    return found
