"""A secret is rolled under load: no event is lost, and no expired secret is believed.

ROLLS sets how often.
"""

import itertools
import os
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from stripe_integrations import conf
from stripe_integrations.actions import StripeEndpoint
from stripe_integrations.testing import objects
from tests import endpoints

pytestmark = pytest.mark.django_db(transaction=True)

ROLLS = int(os.environ.get("ROLLS", "1"))
SENDERS = 3
URL = "https://shop.example.com/stripe/webhook/9b2f9a3e-37ff-4d8e-a4ce-59c2d5f3f7a1"


class Sender:
    """Stripe's side: each event goes to each endpoint that is enabled there, until it is taken."""

    def __init__(self, stripe_api, poster):
        self.stripe_api, self.poster = stripe_api, poster
        self.secrets = {}  # endpoint -> its secret, as Stripe knows it
        self.under_way = {}  # sender -> the endpoints that there were when its event happened
        self.numbers = itertools.count(1)
        self.sent, self.lost, self.taken = set(), set(), []
        self.is_over = False

    def learn(self, row):
        """Send to an endpoint, too; return once no event is under way that it is not sent."""
        self.secrets[row.pk] = str(row.secrets.get().value)
        while any(row.pk not in known for known in list(self.under_way.values())):
            time.sleep(0.01)

    def enabled(self):
        there = self.stripe_api.current.endpoints
        return [id for id in list(self.secrets) if there[id]["status"] == "enabled"]

    def run(self):
        try:
            while not self.is_over:
                self.send(f"evt_{next(self.numbers)}")
        finally:
            self.under_way.pop(threading.get_ident(), None)
            connection.close()

    def send(self, id):
        body = objects.body(objects.event("product.created", objects.product(f"p_{id}"), id=id))
        self.sent.add(id)
        waiting, taken = self.enabled(), False
        self.under_way[threading.get_ident()] = [*waiting]
        while waiting and not (self.is_over and taken):
            for endpoint in list(waiting):
                began = timezone.now()
                if self.poster.signed(body, self.secrets[endpoint]) == 200:
                    self.taken.append((endpoint, began))
                    waiting.remove(endpoint)
                    taken = True
            waiting = [endpoint for endpoint in waiting if endpoint in self.enabled()]
        if not taken:
            self.lost.add(id)


def let_the_overlap_end(row):
    """Let the three days be over, in which Stripe has sent again what failed."""
    ends = timezone.now() + timedelta(seconds=2)
    row.secrets.update(expires_at=ends)
    type(row).objects.filter(pk=row.pk).update(retires_at=ends)
    assert timezone.now() < ends
    time.sleep(2)
    return ends


def roll_and_roll(sender, current):
    """Roll several times; return when the secrets of which endpoint expired."""
    expired = {}
    for _ in range(ROLLS):
        time.sleep(0.3)
        rolled = StripeEndpoint.roll(current)
        sender.learn(rolled)
        expired[current.pk] = let_the_overlap_end(current)
        time.sleep(0.3)
        assert StripeEndpoint.retire() == [current]
        current = rolled
    return expired


def test_roll_under_load_loses_no_event(stripe_api, poster, summary):
    first = StripeEndpoint.create(URL)
    poster.path = endpoints.path(first)
    sender = Sender(stripe_api, poster)
    sender.learn(first)
    threads = [threading.Thread(target=sender.run) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    try:
        expired = roll_and_roll(sender, first)
    finally:
        sender.is_over = True
        for thread in threads:
            thread.join()

    assert sender.lost == set()
    events = conf.model("Event").objects
    assert set(events.values_list("pk", flat=True)) == sender.sent
    assert set(events.values_list("status", flat=True)) == {"processed"}
    assert conf.model("Product").objects.count() == len(sender.sent)
    late = [began for endpoint, began in sender.taken if began > expired.get(endpoint, began)]
    assert late == []
    for endpoint, ends in expired.items():
        body = objects.body(objects.event("product.created", objects.product("p_late")))
        assert ends < timezone.now()
        assert poster.signed(body, sender.secrets[endpoint]) == 400
    assert not events.filter(object_id="p_late").exists()
    refused = endpoints.triggers(reason="expired_secret").count()
    assert refused
    summary(
        f"{ROLLS} rolls under {len(sender.sent)} events: none lost, {refused} requests with an "
        "expired secret refused"
    )
