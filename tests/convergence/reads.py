"""Why the API was read while a mirror followed Stripe."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

from stripe_integrations.mirror import fetch, ordering, related, settle
from stripe_integrations.mirror.ordering import Verdict

#: Reads that are no event's in doubt: a thin event needs one each, and `stripe_verify --doubtful`
#: one for each row that an outage has left in doubt.
OF_THIN, OF_OUTAGE = "a thin event", "a row that an outage left in doubt"


LONG_LIST = "a list that goes on"


class Reads:
    """Counts the reads of objects that were answered, by reason and kind, once it is in place."""

    def __init__(self, monkeypatch: Any) -> None:
        self.lock = threading.Lock()
        self.local = threading.local()
        self.counts: Counter[tuple[str, str]] = Counter()
        judge, read, read_related, intact_settle = (
            ordering.judge,
            fetch.fetch,
            related.read_object,
            settle.settle,
        )

        def noting_judge(row: Any, snapshot: Any, guard: int) -> Verdict:
            verdict = judge(row, snapshot, guard)
            is_in_doubt = verdict is Verdict.IN_DOUBT
            self.local.reason = doubt(row, snapshot, guard) if is_in_doubt else None
            return verdict

        def counting_read(kind: Any, data: Any, account: Any) -> Any:
            reason = getattr(self.local, "reason", None) or LONG_LIST
            self.local.reason = None
            found = read(kind, data, account)
            if reason is not OF_THIN and found is not None:
                self.count(reason, kind.object)
            return found

        def counting_read_related(event: Any) -> Any:
            self.local.reason = OF_THIN
            try:
                found = read_related(event)
            finally:
                self.local.reason = None
            if found is not None:
                self.count(OF_THIN, event.object_type)
            return found

        def settling(kind: Any, row: Any) -> Any:
            self.local.reason = OF_OUTAGE
            return intact_settle(kind, row)

        monkeypatch.setattr(ordering, "judge", noting_judge)
        monkeypatch.setattr(fetch, "fetch", counting_read)
        monkeypatch.setattr(related, "read_object", counting_read_related)
        monkeypatch.setattr(settle, "settle", settling)

    def count(self, reason: str, name: str) -> None:
        with self.lock:
            self.counts[reason, name] += 1

    def of(self, *reasons: str) -> int:
        """Return how many reads had one of these reasons."""
        return sum(count for (reason, _name), count in self.counts.items() if reason in reasons)

    @property
    def of_doubts(self) -> int:
        """How many reads were of events that could not be ordered, or did not show all."""
        return self.counts.total() - self.of(OF_THIN, OF_OUTAGE)

    def lines(self) -> list[str]:
        """Return a line for each reason, with how many reads it had, and of which kinds."""
        reasons = Counter(reason for (reason, _name), n in self.counts.items() for _ in range(n))
        return [
            f"{count:6} reads for {reason}: "
            + ", ".join(
                f"{name} {n}" for (why, name), n in self.counts.most_common() if why == reason
            )
            for reason, count in reasons.most_common()
        ]


def doubt(row: Any, snapshot: Any, guard: int) -> str:
    """Return why a snapshot could not be ordered."""
    if snapshot.is_simulated:
        return "a test clock" if snapshot.has_test_clock else "a time ahead of Stripe's clock"
    if row.in_doubt:
        return "an event of a row in doubt"
    if snapshot.created is not None and snapshot.created > row.as_of + guard:
        return "an update that comes after a deletion"
    if row.deleted_at is not None or snapshot.deleted:
        return "a deletion of the same moment"
    if row.fetched_at is not None:
        return "an event of the moment of a read"
    if not snapshot.previous:
        return "an update that does not tell what was before"
    return "updates of one moment, out of order"
