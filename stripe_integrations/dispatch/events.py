"""The rows of events: built from a checked message, found by id.

`new_row` builds a row of any model; each delivery needs two. Django's constructor is slower: it
sets one column after the other and sends two signals.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import lru_cache
from inspect import getattr_static
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import models
from django.db.models.base import ModelState
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init
from django.utils import timezone

from stripe_integrations import conf, kinds, storable, thin_events, transactions
from stripe_integrations.mirror import links, mapping

if TYPE_CHECKING:
    from stripe_integrations.models import Event
    from stripe_integrations.models.events import EventQuerySet

#: The lease of an event: after it a worker is assumed to be dead.
LEASE = timedelta(minutes=10)

MAX_KIND = 255
#: Where a thin event says which request caused it.
THIN_REQUEST = (("reason", "request"),)
#: What Django puts in the place of a column, unless a field or a model wants something else there.
PLAIN_ATTRIBUTES = (DeferredAttribute, ForeignKeyDeferredAttribute)


def find_event(stripe_id: str) -> Event | None:
    """Return the stored event with this id, or None."""
    rows: EventQuerySet[Event] = conf.model("Event").objects.using(conf.database())
    return transactions.run_query(rows.filter(pk=stripe_id).first, conf.database())


def unsaved_event(
    message: dict[str, Any],
    body: str,
    account: str | None = None,
    as_of: int | None = None,
    **columns: Any,
) -> Event:
    """Return an unsaved row for a checked event and its text.

    `account` is the connected account that it is of if it names none; `as_of` is the Stripe
    time, in Unix seconds, by which it had happened, if that is known. `columns` are those that say
    how it came.
    """
    is_thin = message.get("object") == thin_events.OBJECT and thin_events.is_thin(message)
    owner = thin_events.account_of(message) if is_thin else message.get("account")
    row_id, livemode = _row_id(message["id"]), message.get("livemode")
    model = conf.model("Event")
    account = account if owner is None else mapping.reference_id(owner) or account
    clean = message if storable.is_clean(body) else storable.clean_json(message)
    values = mapping.mapped_values(model, clean, account)
    if is_thin:
        request = mapping.value_at(clean, THIN_REQUEST)
        values["request"] = None if request is mapping.ABSENT else request
    if values.get("object_type") == kinds.CUSTOMER.object:
        values["customer_id"] = mapping.reference_id(values.get("object_id"))
    if account is not None:
        values = links.within_account(model, values, account)
    if as_of is not None:
        values["as_of"] = as_of
    values.update(
        id=row_id,
        kind=str(clean["type"])[:MAX_KIND],
        livemode=livemode if isinstance(livemode, bool) else None,
        account=account,
        body=body,
        lease_expires_at=timezone.now() + LEASE,
        **columns,
    )
    event: Event = new_row(model, values)
    vars(event).update(message=message, is_clean=clean is message, is_thin=is_thin)
    return event


def _row_id(stripe_id: str) -> str:
    # Stripe's test sender uses evt_000…0 for all its events: each is a row of its own.
    if stripe_id.startswith("evt_") and not stripe_id[4:].strip("0"):
        suffix = f":{secrets.token_hex(8)}"
        return stripe_id[: conf.MAX_ID - len(suffix)] + suffix
    return stripe_id


# -- any row


class Defaults(NamedTuple):
    """The defaults of a model's columns, by attribute name."""

    values: dict[str, Any]
    #: Those that are computed for each row.
    functions: list[tuple[str, Callable[[], Any]]]


def new_row(model: Any, values: Mapping[str, Any]) -> Any:
    """Return an unsaved row with these columns, by attribute name; the others get their defaults.

    A model with an `__init__` or attributes of its own is left to Django, and one of whose new
    rows a receiver is told.
    """
    defaults = _defaults(model)
    if defaults is None or pre_init.has_listeners(model) or post_init.has_listeners(model):
        return model(**values)
    row = model.__new__(model)
    columns = vars(row)
    columns["_state"] = ModelState()
    columns.update(defaults.values)
    columns.update(values)
    for name, function in defaults.functions:
        if name not in values:
            columns[name] = function()
    return row


@lru_cache(maxsize=128)
def _defaults(model: Any) -> Defaults | None:
    """Return the defaults of a model, None for one that has to be made by Django."""
    fields = model._meta.concrete_fields
    is_plain = model.__init__ is models.Model.__init__ and all(
        type(getattr_static(model, each.attname)) in PLAIN_ATTRIBUTES
        and not each.generated
        and not each.has_db_default()
        for each in fields
    )
    if not is_plain:
        return None
    found = Defaults({}, [])
    for each in fields:
        if each.has_default() and callable(each.default):
            found.functions.append((each.attname, each.default))
        else:
            found.values[each.attname] = each.get_default()
    return found
