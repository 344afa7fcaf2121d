"""Fill the mirror of a kind from the API's list of it: several readers, one writer.

Threads read pages, one thread prepares them; only the caller's thread uses the database. While a
page is prepared or written, the next one of its window is on its way. Readers that have nothing to
do get a part of the largest window.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import stripe
from django.db import DatabaseError

from stripe_integrations import kinds
from stripe_integrations.kinds import Kind
from stripe_integrations.mirror import pages, rows, users
from stripe_integrations.mirror.pages import Prepared
from stripe_integrations.operations import absent, windows
from stripe_integrations.operations.pace import Pace
from stripe_integrations.operations.reading import Position, Step, next_step
from stripe_integrations.operations.window_reader import WindowReader

#: Seconds of a window's pages that may have to be read again after a crash.
STORE_AFTER = 0.5

#: Seconds left to a reader for sending its next request: Python runs one thread at a time, and the
#: way to Stripe is longer than the preparing of a page.
SENDING = 0.002

#: What was read, and what will be ready to be written of it, if that was begun.
ReadStep = tuple[Step, "Future[Prepared] | None"]

#: Pages that a reader may be ahead of the writer.
MAX_UNWRITTEN = 2


@dataclass
class Result:
    """What a run has done: objects listed, and rows whose objects are gone."""

    listed: int = 0
    gone: int = 0

    def add(self, other: Result) -> None:
        """Add what another run has done."""
        self.listed += other.listed
        self.gone += other.gone


class Backfill:
    """The windows of one kind of one account."""

    def __init__(
        self,
        kind: Kind,
        account: str | None,
        *,
        is_complete: bool,
        concurrency: int,
        pace: Pace,
        told: Callable[[int], None] = lambda count: None,
    ) -> None:
        self.kind, self.account, self.pace, self.told = kind, account, pace, told
        self.is_complete, self.concurrency = is_complete, concurrency
        self.result = Result()
        self._reading: dict[Future[ReadStep], WindowReader] = {}
        self._preparing: dict[Future[Prepared], tuple[WindowReader, Step, bool]] = {}
        self._waiting: list[WindowReader] = []
        self._is_writing = False
        #: Those of whose windows more was written than their rows say.
        self._unstored: dict[Any, WindowReader] = {}
        self._readers = ThreadPoolExecutor(concurrency, thread_name_prefix="stripe_sync")
        self._preparer = ThreadPoolExecutor(1, thread_name_prefix="stripe_sync_prepare")

    def run(self, found: Iterable[Any], *, max_pages: int | None = None) -> Result:
        """Read windows to their ends, or so many pages of each, and write what is newer.

        Raises stripe.StripeError, and windows.TakenOver.
        """
        for window in map(windows.take, found):
            last = {rows.pk_of(self.kind, window.cursor, self.account)} if window.cursor else set()
            self._waiting.append(WindowReader(window, Position(window.end, window.cursor), last))
        try:
            self._start()
            while self._reading or self._preparing:
                running: list[Future[Any]] = [*self._reading, *self._preparing]
                wait(running, return_when=FIRST_COMPLETED)
                for future in [each for each in self._reading if each.done()]:
                    self._take_in(self._reading.pop(future), self._step(future), max_pages)
                self._write_prepared()
            self._store_all()
        finally:
            with suppress(DatabaseError, windows.TakenOver):  # what is not stored is read again
                self._store_all()
            for pool in (self._readers, self._preparer):
                pool.shutdown(wait=False, cancel_futures=True)
        return self.result

    def _start(self) -> None:
        """Let readers that are not too far ahead of the writer begin their next pages."""
        for reader in [each for each in self._waiting if each.unwritten < MAX_UNWRITTEN]:
            if len(self._reading) == self.concurrency:
                return
            self._waiting.remove(reader)
            step = next_step(self.kind, self.account, reader.window, reader.position, self.pace)
            self._reading[self._readers.submit(self._read, step)] = reader

    def _read(self, step: Callable[[], Step]) -> ReadStep:
        """Read a step, and have it prepared if the caller's thread is busy with another.

        Otherwise that thread asks for the next page first, which takes longer.
        """
        found = step()
        return found, self._prepare(found) if self._is_writing else None

    def _prepare(self, step: Step, *, after: float = 0) -> Future[Prepared]:
        def prepare() -> Prepared:
            time.sleep(after)
            return pages.prepare_page(self.kind, step.page, self.account)

        return self._preparer.submit(prepare)

    def _step(self, future: Future[ReadStep]) -> ReadStep:
        """Return what was read; before an error is raised, what was read earlier is written."""
        try:
            return future.result()
        except stripe.StripeError:
            wait(self._preparing)
            self._write_prepared()
            raise

    def _write_prepared(self) -> None:
        """Write the pages that are prepared, in the order in which they were read."""
        while self._preparing and (future := next(iter(self._preparing))).done():
            reader, step, is_last = self._preparing.pop(future)
            self._is_writing = True
            self._write(reader, step, future.result(), is_last=is_last)
            self._is_writing = False
            reader.unwritten -= 1
            self._start()

    def _take_in(self, reader: WindowReader, read: ReadStep, max_pages: int | None) -> None:
        step, prepared = read
        reader.move(step.after)
        is_last = step.is_last or self._is_past(reader)
        if not is_last and reader.pages != max_pages:
            self._waiting.insert(0, reader)
        reader.unwritten += 1
        self._share()
        self._start()
        prepared = prepared or self._prepare(step, after=SENDING)
        self._preparing[prepared] = (reader, step, is_last)

    def _is_past(self, reader: WindowReader) -> bool:
        """Tell whether a reader has come to what was given to another one meanwhile."""
        if self.kind.is_listed_by_customer or not self.kind.is_listed_by_time:
            return False
        return reader.is_past_window

    def _share(self) -> None:
        """Give readers that have nothing to do a part of the largest window."""
        idle = self.concurrency - len(self._reading) - len(self._waiting)
        if idle <= 0 or not windows.is_divisible(self.kind):
            return
        readers = [*self._reading.values(), *self._waiting]
        largest = max(readers, key=lambda reader: reader.pages_left, default=None)
        if largest is None or largest.pages_left < 2 or not largest.pages:
            return
        count = min(idle, int(largest.pages_left) - 1)
        for window in windows.split(largest.window, largest.position.end, count):
            self._waiting.append(WindowReader(window, Position(window.end, window.cursor)))

    def _write(
        self, reader: WindowReader, step: Step, prepared: Prepared, *, is_last: bool
    ) -> None:
        window, page = reader.window, step.page
        if self.is_complete and page.answer.as_of:
            self.result.gone += absent.check_unlisted(
                self.kind,
                self.account,
                step.covers,
                {*prepared.found, *reader.edge},
                page.answer.fetched_at,
                self.pace,
            )
        reader.finds_no_rows = pages.write_prepared(
            self.kind, prepared, self.account, expects_no_rows=reader.finds_no_rows
        )
        window.end, window.cursor = step.after.end, step.after.cursor
        window.count += len(page.objects)
        window.is_finished = is_last
        self._unstored[window.pk] = reader
        if is_last or time.monotonic() - reader.stored_at >= STORE_AFTER:
            self._store(reader)
        reader.edge = _edge(self.kind, step, self.account)
        self.result.listed += len(page.objects)
        self.told(len(page.objects))

    def _store(self, reader: WindowReader) -> None:
        windows.checkpoint(reader.window)
        reader.stored_at = time.monotonic()
        del self._unstored[reader.window.pk]

    def _store_all(self) -> None:
        for reader in list(self._unstored.values()):
            self._store(reader)


def finish_run(kind: Kind, account: str | None, since: int | None) -> None:
    """Do what can only be done once all windows were read, and forget the run."""
    if kind in (kinds.CUSTOMER, kinds.CHECKOUT_SESSION):
        users.link_by_all_checkouts(account)
    windows.remove(kind, account, since)


def _edge(kind: Kind, step: Step, account: str | None) -> set[str]:
    """Return the keys of the objects of a page's last second."""
    if step.is_last or step.after.end is None:
        return set()
    return {
        rows.pk_of(kind, each["id"], account)
        for each in step.page.objects
        if each.get("created") == step.after.end - 1
    }
