"""The events of the fake Stripe on their way to the project."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from stripe_integrations.testing.fake_stripe.mutations import StripeMutations
from stripe_integrations.testing.receivers import Receiver, WebhookURL

Data = dict[str, Any]

#: Seconds after which an event that was not accepted is posted again.
RETRY_AFTER = 10


def undelivered(fake: StripeMutations) -> list[Data]:
    """Return the events of all accounts that nobody has accepted, oldest first."""
    with fake.lock:
        waiting = [
            event if account is None else {**event, "account": account}
            for account, held in fake.accounts.items()
            for event in held.events.values()
            if event["id"] not in fake.delivered
        ]
    return sorted(waiting, key=lambda event: event["created"])


def deliver(fake: StripeMutations, receiver: Receiver) -> list[int]:
    """Post the events that nobody has accepted, and return the statuses of the answers."""
    statuses = []
    for event in undelivered(fake):
        status = receiver.send(event).status_code
        statuses.append(status)
        if 200 <= status < 300:
            fake.delivered.add(event["id"])
    return statuses


class Forwarder(threading.Thread):
    """Posts events to a URL as they happen, and those that were not accepted again later.

    `report` is told of each attempt: an event's type and id, and the status or an error.
    """

    def __init__(
        self, fake: StripeMutations, url: WebhookURL, report: Callable[[str, str, str], object]
    ) -> None:
        super().__init__(daemon=True)
        self.fake = fake
        self.url = url
        self.report = report
        self.stopped = False

    def run(self) -> None:
        while not self.stopped:
            self.fake.told.wait(RETRY_AFTER)
            self.fake.told.clear()
            self.forward()

    def stop(self) -> None:
        """End, once what is on its way is answered."""
        self.stopped = True
        self.fake.told.set()
        self.join()

    def forward(self) -> None:
        """Post what waits; stop at the first event for which nobody answers."""
        for event in undelivered(self.fake):
            try:
                answer = self.url.send(event)
            except (OSError, HTTPException) as error:
                self.report(event["type"], event["id"], type(error).__name__)
                return
            self.report(event["type"], event["id"], str(answer.status_code))
            if answer.status_code < 300:
                self.fake.delivered.add(event["id"])
