"""dj-stripe's tables, version 2.10 or 2.11, into the mirror, without a call to Stripe.

An import that broke off is started again: what is there is left as it is. It may run while webhooks
arrive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from stripe_integrations.operations import (
    djstripe_endpoints,
    djstripe_events,
    djstripe_objects,
    foreign_tables,
    stored_events,
)
from stripe_integrations.operations.djstripe_accounts import OWNER, Owners
from stripe_integrations.operations.foreign_tables import CannotImport, ForeignTable, Row
from stripe_integrations.operations.import_steps import ImportedBatch, ImportStep
from stripe_integrations.operations.stored_objects import (
    Outcomes,
    StoredObject,
    insert_absent,
)
from stripe_integrations.operations.stored_users import Subscribers

PREFIX = "djstripe_"
KEY, DATA, SUBSCRIBER = "djstripe_id", "stripe_data", "subscriber_id"
CUSTOMERS, EVENTS, ENDPOINTS = "djstripe_customer", "djstripe_event", "djstripe_webhookendpoint"
#: They hold objects that are in others, which have to be there before.
PARTS = ("djstripe_activeentitlement", "djstripe_lineitem", "djstripe_subscriptionitem")
#: It holds secrets, and no objects of Stripe's.
KEYS = "djstripe_apikey"
COLUMNS = ("id", DATA, "livemode", OWNER)

EMPTY = "without stripe_data"
NO_KIND = "of a kind that is not mirrored"


def import_steps(own: str | None = None, user_column: str | None = None) -> list[ImportStep]:
    """Return the steps that import every table, in their order.

    `own` is the id of our own account; `user_column` the column with the user's key in the table
    of the subscribers, where those are not the users. Raises CannotImport for tables of another
    version, and where it cannot be told whose the rows are.
    """
    tables = _tables()
    owners = Owners(own, tables)
    subscribers = Subscribers(_named(tables, CUSTOMERS), SUBSCRIBER, user_column=user_column)
    work = {
        EVENTS: partial(djstripe_events.import_events, owners=owners),
        ENDPOINTS: partial(djstripe_endpoints.import_endpoints, owners=owners),
    }
    objects = partial(_import_objects, owners=owners, subscribers=subscribers)
    # Events first: their times say how new the objects are. Parts last: an object brings its own.
    ordered = sorted(tables, key=lambda table: (table.name in PARTS, table.name not in work))
    return [
        ImportStep(table.name, table.count(), partial(work.get(table.name, objects), table))
        for table in ordered
    ]


def _tables() -> list[ForeignTable]:
    """Return dj-stripe's tables with objects, by name. Raises CannotImport."""
    names = sorted(name for name in foreign_tables.all_tables() if name.startswith(PREFIX))
    found = list(filter(None, map(foreign_tables.find_table, names)))
    if not found:
        raise CannotImport("This database has no tables of dj-stripe's, djstripe_….")
    needed = [_named(found, name) for name in (CUSTOMERS, EVENTS)]
    if not all(table is not None and DATA in table.columns for table in needed):
        raise CannotImport(
            "These tables are of a dj-stripe before 2.10, which kept no stripe_data: upgrade to "
            "dj-stripe 2.10 or 2.11, run its migrations and `manage.py djstripe_sync_models`, then "
            "import."
        )
    return [table for table in found if {"id", DATA} <= table.columns and table.name != KEYS]


def _named(tables: Iterable[ForeignTable], name: str) -> ForeignTable | None:
    return next((table for table in tables if table.name == name), None)


def _import_objects(
    table: ForeignTable, *, owners: Owners, subscribers: Subscribers
) -> Iterator[ImportedBatch]:
    of_customers = table.name == CUSTOMERS
    more = (SUBSCRIBER, "date_purged") if of_customers else ()
    key = KEY if KEY in table.columns else "id"  # as of country specs
    for batch in table.batches(key, (*COLUMNS, *more)):
        outcomes: Outcomes = Counter()
        objects = list(_objects(batch, owners, outcomes))
        if of_customers:
            objects, unlinked = subscribers.link(objects, batch)
            outcomes += unlinked
        kept = _without_left_parts(objects, outcomes)
        outcomes += insert_absent(kept)
        yield ImportedBatch(len(batch), str(batch[-1]["id"]), outcomes)


def _objects(batch: Sequence[Row], owners: Owners, outcomes: Outcomes) -> Iterator[StoredObject]:
    """Return the objects of rows; count those that are none."""
    newest = stored_events.newest(str(row["id"]) for row in batch)
    for row in batch:
        data = foreign_tables.from_json(row[DATA])
        if not isinstance(data, dict) or not data:
            outcomes[EMPTY] += 1
            continue
        kind = djstripe_objects.kind_of(data)
        if kind is None:
            outcomes[NO_KIND] += 1
            continue
        told = {
            subject.account: time
            for subject, time in newest.items()
            if (subject.kind, subject.id) == (kind.object, data.get("id"))
        }
        account = _account_of(owners.account(row[OWNER]), told.keys())
        yield StoredObject(
            kind,
            djstripe_objects.as_sent(kind, data),
            account,
            livemode=_as_bool(row["livemode"]),
            known_since=told.get(account, 0),
            is_deleted=row.get("date_purged") is not None,
        )


def _account_of(owner: str | None, told: Collection[str | None]) -> str | None:
    """Return whose an object is, from its owner in dj-stripe and the accounts of its events.

    With the SDK of today, dj-stripe stores the objects of connected accounts as its own account's;
    of their events it knows better.
    """
    return next(iter(told)) if owner is None and len(told) == 1 else owner


def _as_bool(value: Any) -> bool | None:
    """Return the value of a column of booleans, which SQLite and MySQL give as a number."""
    return None if value is None else bool(value)


def _without_left_parts(objects: list[StoredObject], outcomes: Outcomes) -> list[StoredObject]:
    by_kind: dict[str, list[StoredObject]] = {}
    for each in objects:
        by_kind.setdefault(each.kind.object, []).append(each)
    kept: list[StoredObject] = []
    for found in by_kind.values():
        kind = found[0].kind
        reasons = djstripe_objects.left_out(kind, found) if kind.is_part else {}
        outcomes.update(reasons.values())
        kept += [each for each in found if each.data.get("id") not in reasons]
    return kept
