"""Snapshots: objects from events and answers, cleaned for every database."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from stripe_integrations import client, conf, storable
from stripe_integrations.choices import Verb
from stripe_integrations.kinds import Kind
from stripe_integrations.mirror import links, mapping

if TYPE_CHECKING:
    from stripe_integrations.models import StripeBaseEvent

#: The attribute that lets a browser act for a customer.
CLIENT_SECRET = "client_secret"  # noqa: S105 - its name
#: Stands for a previous state that the event does not tell.
UNKNOWN = "?"
#: Columns that a deleted stub leaves alone: it does not have their values.
STUB_KEYS = frozenset({"id", "object", "deleted"})


@dataclass(frozen=True)
class Snapshot:
    """An object as Stripe showed it, and what is known of when that was.

    `created`, `verb` and `previous` (its `previous_attributes`) are those of the event that carried
    it, and `as_of` is the Stripe time by which that had happened; `is_simulated` tells that
    `created` is no time of Stripe's clock. `fetched_at` and `as_of` are the bounds of the time at
    which the API was read, by the key with the fingerprint `read_by`. All are empty for data of
    unknown age. `seen` is the row's version before this object was read by its id, 0 without a row.
    `is_missing` marks an answer of the API, "no such object", and `is_unproven` one that may as
    well mean that the key may not see it.
    """

    data: dict[str, Any]
    verb: str = ""
    created: int | None = None
    previous: dict[str, Any] | None = None
    fetched_at: int | None = None
    as_of: int | None = None
    read_by: str = ""
    seen: int | None = None
    deleted: bool = False
    is_missing: bool = False
    is_unproven: bool = False
    is_simulated: bool = False
    #: Attributes that it lacks because only the API shows them, if asked to.
    not_shown: Collection[str] = ()

    @property
    def time(self) -> int:
        """The latest time that the data can be from, as far as it is known."""
        if self.created is None or self.is_simulated:
            return self.as_of or 0
        return self.created if self.as_of is None else min(self.created, self.as_of)

    @property
    def memory(self) -> dict[str, Any]:
        """The columns by which the next snapshot is judged, once this one is written.

        The trail has what the event says of the state before it: `ordering` makes a fingerprint of
        that if it reads it, which is rare.
        """
        trail: list[Any] = []
        if self.created is not None and self.verb != Verb.CREATED:
            is_told = self.verb == Verb.UPDATED and self.previous
            trail = [self.previous if is_told else UNKNOWN]
        return {
            "as_of": self.time,
            "fetched_at": self.fetched_at,
            "trail": trail,
            "verb": self.verb,
        }

    @property
    def has_test_clock(self) -> bool:
        """Whether the object lives in simulated time, so that all its events have such times."""
        return bool(self.data.get("test_clock"))


#: What there is of a thin event's object that cannot be read.
NOTHING = Snapshot({})


def from_event(event: StripeBaseEvent, data: dict[str, Any], kind: Kind, guard: int) -> Snapshot:
    """Return the snapshot of an event's own object; `guard` is the setting `CLOCK_GUARD`."""
    message, verb = event.message, event.verb
    previous = message["data"].get("previous_attributes")
    previous = previous if isinstance(previous, dict) else None
    if not event.is_clean:
        data, previous = storable.clean_json(data), storable.clean_json(previous)
    created = message.get("created")
    created = created if storable.is_time(created) else None
    snapshot = Snapshot(
        data,
        verb=verb,
        created=created,
        previous=previous,
        as_of=event.as_of if created is not None else None,
        deleted=(verb == Verb.DELETED and kind.is_deletable) or is_stub(data),
        not_shown=kind.expand.keys() - data.keys() if kind.expand else (),
    )
    return replace(snapshot, is_simulated=True) if _is_simulated(snapshot, guard) else snapshot


def from_answer(data: dict[str, Any], answer: client.Answer, seen: int | None = None) -> Snapshot:
    """Return the snapshot of an object in an answer; `seen` is the row's version before it."""
    return Snapshot(
        storable.clean_json(data),
        fetched_at=answer.fetched_at,
        as_of=answer.as_of,
        read_by=conf.api_key_fingerprint(),
        seen=seen,
        deleted=is_stub(data),
    )


def from_list(
    kind: Kind, objects: Iterable[dict[str, Any]], answer: client.Answer
) -> list[Snapshot]:
    """Return the snapshots of objects in a list, as they are stored."""
    read_by = conf.api_key_fingerprint()
    has_text = bool(answer.text) and not answer.has_fractions
    is_clean = has_text and storable.has_clean_text(answer.text)
    may_have_secrets = not answer.text or CLIENT_SECRET in answer.text
    public = without_secrets if may_have_secrets else _without_own_secrets
    return [
        public(
            kind,
            Snapshot(
                data if is_clean else storable.clean_json(data),
                fetched_at=answer.fetched_at,
                as_of=answer.as_of,
                read_by=read_by,
                deleted=is_stub(data),
            ),
        )
        for data in objects
    ]


def of_unknown_age(data: dict[str, Any]) -> Snapshot:
    """Return the snapshot of an object of which only the data are known."""
    return Snapshot(storable.clean_json(data), deleted=is_stub(data))


def without_secrets(kind: Kind, snapshot: Snapshot) -> Snapshot:
    """Return the snapshot without what is never stored of objects of its kind.

    An answer may hold other objects whole, if it was asked to, and their client secrets with them.
    """
    if snapshot.read_by:
        snapshot = replace(snapshot, data=without_nested_secrets(snapshot.data))
    return _without_own_secrets(kind, snapshot)


def _without_own_secrets(kind: Kind, snapshot: Snapshot) -> Snapshot:
    """Return the snapshot without the attributes that are secrets of its kind."""
    if not kind.secrets and not kind.personal:
        return snapshot
    withheld = conf.withheld(kind)

    def public(values: dict[str, Any]) -> dict[str, Any]:
        return {name: each for name, each in values.items() if name not in withheld}

    previous = snapshot.previous and public(snapshot.previous)
    return replace(snapshot, data=public(snapshot.data), previous=previous)


def without_nested_secrets(data: dict[str, Any]) -> dict[str, Any]:
    """Return an object without the client secrets of the objects that it holds."""
    return {name: _without_client_secrets(each) for name, each in data.items()}


def _without_client_secrets(value: Any) -> Any:
    """Return JSON without what lets a browser act for a customer, at any depth."""
    if isinstance(value, dict):
        return {
            name: _without_client_secrets(each)
            for name, each in value.items()
            if name != CLIENT_SECRET
        }
    return [_without_client_secrets(each) for each in value] if isinstance(value, list) else value


def _is_simulated(snapshot: Snapshot, guard: int) -> bool:
    """Tell whether an event has the time of a test clock: of its object, or one that runs ahead."""
    if snapshot.created is None or snapshot.as_of is None:
        return False
    return snapshot.created > snapshot.as_of + guard or snapshot.has_test_clock


def identified(kind: Kind, data: dict[str, Any]) -> dict[str, Any]:
    """Return an object with an id, where another attribute stands for that."""
    if not kind.identified_by or data.get("id") is not None:
        return data
    return {**data, "id": mapping.reference_id(data.get(kind.identified_by))}


def is_partial(kind: Kind, data: dict[str, Any]) -> bool:
    """Tell whether a list in an object goes on beyond its first page, of those that we read."""
    for nested in kind.nested_lists:
        value = data.get(nested.attribute)
        if isinstance(value, dict) and value.get("has_more") and "data" in value:
            return True
    return False


def is_stub(data: dict[str, Any]) -> bool:
    """Tell whether Stripe shows an object as deleted."""
    return data.get("deleted") is True


def row_values(model: Any, snapshot: Snapshot, account: str | None) -> dict[str, Any]:
    """Return the columns of a row that had none before, by attribute name."""
    memory = snapshot.memory
    values = mapping.mapped_values(model, snapshot.data, account)
    if account is not None:
        values = links.within_account(model, values, account)
    values.update(memory, deleted_at=None, in_doubt=False)
    if snapshot.deleted:
        told = mapping.to_datetime(snapshot.time) if snapshot.time else None
        values["deleted_at"] = told or timezone.now()
    if snapshot.read_by and not snapshot.is_missing:  # this key has seen the object
        values["read_by"] = snapshot.read_by
    if not (snapshot.deleted and snapshot.data.keys() <= STUB_KEYS):
        values["stripe_data"] = snapshot.data
    return values


@cache
def blank(model: Any) -> dict[str, Any]:
    """Return the columns of an object that says nothing: it replaces what was said before."""
    return {
        column.attname: None if column.is_nullable else column.field.get_default()
        for column in mapping.mapped_columns(model)
    }


def livemode_of(snapshot: Snapshot) -> bool | None:
    """Return what an object says of its mode, else the mode of this database."""
    own = snapshot.data.get("livemode")
    return own if isinstance(own, bool) else conf.livemode()
