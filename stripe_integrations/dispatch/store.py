"""An event's first transaction: its row, and the effect of its first class.

Most events take the short way: the event and its object are written by compiled statements, on
PostgreSQL by one, in one round trip. What the guard of the statements does not cover takes the long
way, through `insert` and `run`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connections
from django.utils import timezone

from stripe_integrations import conf, kinds, transactions
from stripe_integrations.choices import EventStatus, RunMark
from stripe_integrations.dispatch import insert, registry, run
from stripe_integrations.livemode import log_ignored
from stripe_integrations.mirror import newer, statements, users
from stripe_integrations.mirror.upserts import Upsert

if TYPE_CHECKING:
    from stripe_integrations.models import Event, WebhookEventTrigger

logger = logging.getLogger("stripe_integrations")

Write = Callable[["Insertion"], "statements.EventWritten | None"]


@dataclass(frozen=True)
class Insertion:
    """An event that is to be inserted together with its object, and its trigger, if any."""

    using: str
    event: Event
    #: The event's columns that say that its first class is done.
    done: dict[str, Any]
    object: Upsert
    trigger: WebhookEventTrigger | None

    @property
    def is_processed(self) -> bool:
        """Whether no class is left to run."""
        return bool(self.done["status"] == EventStatus.PROCESSED)

    @property
    def is_one_statement(self) -> bool:
        """Whether the database takes it all in one statement."""
        return connections[self.using].vendor == "postgresql"

    @property
    def links_user(self) -> bool:
        """Whether the user of a customer is linked in the transaction that writes it."""
        return self.object.kind is kinds.CUSTOMER and (
            not self.is_one_statement or users.may_be_named(self.object.data)
        )


def store_event(event: Event, trigger: WebhookEventTrigger | None = None) -> Event:
    """Store a trusted event, run its classes or let the queue do it, and return its row.

    `event` is an unsaved row, and so is the trigger, which is inserted with it. Raises
    WebhookFailed when a class raised; then the event is kept with the traceback, and the same event
    sent again runs only what is not done. With a queue, it is raised when that does not take the
    event. Raises RuntimeError inside a transaction of the caller's, unless a queue takes the event.
    """
    queue, is_other_mode = conf.get("QUEUE"), conf.is_other_mode(event.livemode)
    databases = conf.class_databases()
    if queue is None:
        transactions.refuse_callers(*databases)
    if is_other_mode:
        event.status = EventStatus.IGNORED
        log_ignored(event)
    classes = registry.matching(event.kind)
    runs_now = queue is None and not is_other_mode and bool(classes)
    # As `registry.mirrors_only` tells it, for one call less.
    mirrors_only = runs_now and classes[0].process_webhook is classes[0].mirrors_by
    if event.is_thin or not mirrors_only:
        return run.hand_over(insert.insert_alone(event, classes, trigger))
    if _insert_with_object(databases[0], event, classes, trigger):
        return event if len(classes) == 1 else run.run_classes(event)
    return insert.insert_and_run(event, classes, trigger)


def _insert_with_object(
    using: str, event: Event, classes: registry.Classes, trigger: WebhookEventTrigger | None
) -> bool:
    """Insert an event and its trigger, and write its object; tell whether that was done.

    Where it was not, nothing is written: the row is not older, or the event is there already, or
    the statements do not cover it, or the database refused them.
    """
    if trigger is not None and statements.is_heard(type(trigger)):
        return False
    insertion = written = None
    try:
        found = newer.upsert_of(event)
        if found is not None:
            done = _first_done(event, classes)
            insertion = Insertion(using, event, done, found, trigger)
            written = _write(insertion)
    except Exception as error:  # the long way stores what it is, if it is raised again
        is_usual = isinstance(error, (IntegrityError, transactions.LostRace))
        level = logging.DEBUG if is_usual or transactions.is_passing(error) else logging.WARNING
        logger.log(level, "%s: its statement failed; the ORM is used.", event.pk, exc_info=True)
    if insertion and written:
        event.note_inserted(insertion.using, insertion.done)
        if trigger is not None:
            trigger.note_inserted(
                insertion.using, written.trigger_key, is_processed=insertion.is_processed
            )
        is_customer = insertion.object.kind is kinds.CUSTOMER
        if is_customer and written.is_new and not insertion.links_user:
            _link_by_checkouts(using, insertion.object.values["id"])
        return True
    if trigger is not None:
        trigger.note_undone()
    return False


def _first_done(event: Event, classes: registry.Classes) -> dict[str, Any]:
    is_processed = len(classes) == 1
    return {
        "attempts": 1,
        "lease_expires_at": None if is_processed else event.lease_expires_at,
        "processed_at": timezone.now() if is_processed else None,
        "runs": {registry.class_key(classes[0]): {RunMark.DONE.value: int(time.time())}},
        "status": EventStatus.PROCESSED if is_processed else EventStatus.RECEIVED,
        "synced": True,
    }


def _write(insertion: Insertion) -> statements.EventWritten | None:
    """Write it all or nothing; None is nothing."""
    using = insertion.using
    write = _in_one if insertion.is_one_statement else _in_two
    if insertion.links_user:
        return transactions.run_atomic(lambda: _with_user(insertion, write), using)
    if not insertion.is_one_statement or transactions.is_callers(using):
        return transactions.run_atomic(lambda: write(insertion), using)
    transactions.close_if_cut(using)
    return write(insertion)


def _with_user(insertion: Insertion, write: Write) -> statements.EventWritten | None:
    written = write(insertion)
    if written:
        _link_user(insertion.object, is_new=written.is_new)
    return written


def _link_user(found: Upsert, *, is_new: bool) -> None:
    users.link_customer(found.values["id"], found.data, account=None, is_new=is_new)


def _link_by_checkouts(using: str, customer: str) -> None:
    """Link the user of a checkout that came while its customer was written; there hardly is one.

    The event is committed: what fails here is logged.
    """
    try:
        if statements.exists(using, *users.checkouts_of(customer)):
            users.link_by_checkouts(customer, None)
    except Exception:
        logger.exception("%s could not be linked to the user of its checkout.", customer)


def _in_one(insertion: Insertion) -> statements.EventWritten | None:
    event, trigger = insertion.event, insertion.trigger
    return statements.insert_event(
        insertion.using,
        insertion.object,
        type(event),
        {**vars(event), **insertion.done},
        None if trigger is None else type(trigger),
        {} if trigger is None else {**vars(trigger), "processed": insertion.is_processed},
    )


def _in_two(insertion: Insertion) -> statements.EventWritten | None:
    if not statements.write_newer(insertion.using, insertion.object):
        return None
    for parts in insertion.object.parts:
        statements.write_parts(insertion.using, [parts])
    event, trigger = copy(insertion.event), insertion.trigger
    vars(event).update(insertion.done)
    event.save(using=insertion.using, force_insert=True)
    if trigger is not None:
        trigger.insert(insertion.using, is_processed=insertion.is_processed)
    # MySQL and MariaDB update a row that is there; elsewhere it may be new.
    may_be_new = insertion.object.is_creation or connections[insertion.using].vendor != "mysql"
    return statements.EventWritten(may_be_new, trigger and trigger.pk)
