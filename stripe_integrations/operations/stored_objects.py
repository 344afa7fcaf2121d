"""Objects that another library has stored: rows for those that have none.

What is there is never overwritten, and whatever Stripe says later replaces what is inserted here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import IntegrityError

from stripe_integrations import conf, kinds, storable, transactions
from stripe_integrations.kinds import Kind
from stripe_integrations.mirror import parts, rows, snapshots, statements, users, write
from stripe_integrations.mirror.snapshots import UNKNOWN, Snapshot
from stripe_integrations.mirror.upserts import PartRows
from stripe_integrations.models.events import latest_time

IMPORTED, PRESENT = "imported", "there already"
IN_DOUBT = "of them in doubt: run stripe_verify --doubtful, which reads them"
NO_KEY = "without an id that can be a key"
OTHER_MODE = "of the other mode, live or test"
OTHER_ACCOUNT = "of another account than the row that is there"
NOT_MIRRORED = "of a kind that MIRROR leaves out"

Outcomes = Counter[str]


@dataclass(frozen=True)
class StoredObject:
    """An object as another library has stored it."""

    kind: Kind
    data: dict[str, Any]
    #: The connected account, None for our own.
    account: str | None = None
    livemode: bool | None = None
    #: A Stripe time, in Unix seconds, that the data is at least as new as; 0 if none is known.
    known_since: int = 0
    is_deleted: bool = False
    #: Whether only the API can tell what else there is to it.
    in_doubt: bool = False
    #: The key of a customer's local user, who exists.
    user: Any = None


class _Found(NamedTuple):
    """An object, the key of its row, and what the row is to have."""

    key: str
    stored: StoredObject
    snapshot: Snapshot
    account: str | None


def insert_absent(objects: Sequence[StoredObject]) -> Outcomes:
    """Insert the rows of objects that have none, with their parts; return what became of each.

    All or nothing. A customer that is there and has no user is linked to the one that is given.
    """
    outcomes: Outcomes = Counter()
    by_kind: dict[str, dict[str, _Found]] = {}
    for stored in objects:
        reason, found = _judged(stored)
        if found is None:
            outcomes[reason] += 1
        elif found.key in by_kind.setdefault(stored.kind.object, {}):
            outcomes[PRESENT] += 1
        else:
            by_kind[stored.kind.object][found.key] = found

    def work() -> Outcomes:
        return sum(map(_insert, by_kind.values()), Counter[str]())

    return outcomes + transactions.run_atomic(work, conf.database())


def _judged(stored: StoredObject) -> tuple[str, _Found | None]:
    """Return an object with the key of its row, or why it can have none."""
    kind = stored.kind
    stored_data = snapshots.without_nested_secrets(storable.clean_json(stored.data))
    data = snapshots.identified(kind, stored_data)
    account = rows.owner(kind, data.get("id", ""), stored.account)
    key = rows.pk_or_none(kind, data.get("id"), account)
    if key is None:
        return NO_KEY, None
    if not conf.is_mirrored(kind.object) and kind.model != "WebhookEndpoint":
        return NOT_MIRRORED, None
    snapshot = snapshots.without_secrets(
        kind,
        Snapshot(
            data,
            as_of=_known_since(stored, data),
            deleted=stored.is_deleted or snapshots.is_stub(data),
        ),
    )
    if conf.is_other_mode(_livemode(stored, snapshot)):
        return OTHER_MODE, None
    return "", _Found(key, stored, snapshot, account)


def _known_since(stored: StoredObject, data: dict[str, Any]) -> int:
    """Return the time by which the row is compared with events.

    When the data was read is not known, only that it is not older than the object itself, nor than
    the newest of its events that had been processed. So an event after that is newer, one before it
    is older, and one of that moment is in doubt, which the API settles. With 0, an old event that
    is sent again would overwrite what came after it. A time that Stripe's clock cannot show yet is
    that of a test clock, and says nothing.
    """
    born = data.get("created")
    latest = latest_time()
    told = [stored.known_since, *([int(born)] if born and storable.is_time(born) else [])]
    return max((each for each in told if each <= latest), default=0)


def _livemode(stored: StoredObject, snapshot: Snapshot) -> bool | None:
    own = snapshot.data.get("livemode")
    told = isinstance(own, bool) or stored.livemode is None
    return snapshots.livemode_of(snapshot) if told else stored.livemode


def _insert(found: dict[str, _Found]) -> Outcomes:
    """Insert the rows of objects of one kind, by their keys."""
    kind = next(iter(found.values())).stored.kind
    model, known = conf.model(kind.model), rows.of_kind(kind)
    write.begin(known)
    there = known.in_bulk(list(found))
    missing = {key: each for key, each in found.items() if key not in there}
    values = {key: _values(model, each) for key, each in missing.items()}
    insert_rows(model, values)
    for key, each in missing.items():
        for part in parts.parts_of(kind, key, values[key], each.account):
            insert_parts(part)
    outcomes: Outcomes = Counter({IMPORTED: len(missing)} if missing else {})
    for key, row in there.items():
        outcomes[PRESENT if row.account == found[key].account else OTHER_ACCOUNT] += 1
    if doubtful := sum(each.stored.in_doubt for each in missing.values()):
        outcomes[IN_DOUBT] = doubtful
    if kind is kinds.CUSTOMER:
        _link_users(found, there)
    if kind is kinds.CHECKOUT_SESSION:
        for each in missing.values():
            users.link_checkout(each.snapshot.data, account=each.account)
    return outcomes


def _values(model: Any, found: _Found) -> dict[str, Any]:
    values = {
        "account": found.account,
        "livemode": _livemode(found.stored, found.snapshot),
        "stripe_data": found.snapshot.data,
        **snapshots.row_values(model, found.snapshot, found.account),
    }
    # What the object was before is not known: an update of the same moment must not seem to follow.
    return {**values, "trail": [UNKNOWN], "in_doubt": found.stored.in_doubt}


def insert_rows(model: Any, values: dict[str, dict[str, Any]]) -> None:
    """Insert rows by their keys. Raises LostRace if somebody else has inserted one of them."""
    if not statements.is_plain(model):  # who listens wants each of them
        for key, each in values.items():
            write.insert_row(model, key, each)
        return
    made = [model(pk=key, **each) for key, each in values.items()]
    try:
        model._base_manager.using(conf.database()).bulk_create(made)
    except IntegrityError as error:
        raise transactions.LostRace(*error.args) from error


def insert_parts(found: PartRows) -> None:
    """Insert those parts of an object that have no row."""
    keys = [row["id"] for row in found.rows]
    known = found.model._base_manager.using(conf.database()).filter(pk__in=keys)
    there = set(known.values_list("pk", flat=True))
    new = [dict(row) for row in found.rows if row["id"] not in there]
    insert_rows(found.model, {row.pop("id"): row for row in new})


def _link_users(found: dict[str, _Found], there: dict[str, Any]) -> None:
    """Link customers to the users that are given; without one, as their events would do."""
    checkouts = set(_with_checkout(found))
    for key, each in found.items():
        is_new = key not in there
        if not is_new and there[key].account != each.account:
            continue
        if each.stored.user is not None:
            if is_new or there[key].user_id is None:
                users.link_user(key, each.stored.user, account=each.account)
        elif is_new and (key in checkouts or users.may_be_named(each.snapshot.data)):
            users.link_customer(key, each.snapshot.data, account=each.account, is_new=True)


def _with_checkout(keys: Iterable[str]) -> Iterator[str]:
    sessions = rows.of_kind(kinds.CHECKOUT_SESSION).filter(customer__in=list(keys))
    yield from sessions.values_list("customer_id", flat=True)
