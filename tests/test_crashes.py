"""The process ends at any statement; the same event, sent again, is completed once."""

import itertools

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from stripe_integrations import client, conf
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook

pytestmark = pytest.mark.django_db(transaction=True)


class PowerCut(BaseException):
    """Nothing in the package may catch it."""


def cut_before(number):
    """Let all statements through but the one of this number, counted from 1."""
    statements = itertools.count(1)

    def wrapper(execute, *args):
        if next(statements) == number:
            raise PowerCut
        return execute(*args)

    return connection.execute_wrapper(wrapper)


@pytest.fixture
def counting(own_registry):
    class Counting(BaseWebhook):
        name = "customer"

        def process_webhook(self):
            get_user_model().objects.create(username=f"counted {self.event.pk}")

    return Counting


@pytest.fixture
def user():
    return get_user_model().objects.create(username="ada")


@pytest.mark.parametrize("verb", ["created", "updated"])
def test_event_cut_at_any_statement_is_completed_once(counting, deliver, user, verb):
    for number in itertools.count(1):
        data = objects.customer(f"cus_{number}", metadata={"user_id": str(user.pk)})
        message = objects.event(f"customer.{verb}", data)
        try:
            with cut_before(number):
                deliver(message)
        except PowerCut:
            deliver(message)
            finished = False
        else:
            finished = True
        event = conf.model("Event").objects.get(pk=message["id"])
        assert event.status == "processed"
        assert get_user_model().objects.filter(username=f"counted {event.pk}").count() == 1
        row = conf.model("Customer").objects.get(pk=data["id"])
        assert (row.version, row.user) == (1, user)
        if finished:
            break
    assert number > 6  # there were that many places to cut at


def test_event_cut_while_the_api_is_read_is_completed(deliver, stripe_api, monkeypatch, counting):
    stripe_api.create("customers", {"id": "cus_1", "name": "Gold"})
    cuts = iter([PowerCut])
    deliver(objects.event("customer.updated", objects.customer(name="a")))

    def cut(*args, **kwargs):
        for each in cuts:
            raise each
        return find_object(*args, **kwargs)

    find_object = client.find_object
    monkeypatch.setattr(client, "find_object", cut)
    message = objects.event("customer.updated", objects.customer(name="b"))
    with pytest.raises(PowerCut):
        deliver(message)
    stored = conf.model("Event").objects.filter(pk=message["id"]).first()
    # Where the statement took it in, it waits for the delivery that Stripe repeats.
    assert stored is None or (stored.status, stored.runs) == ("received", {})
    deliver(message)
    row = conf.model("Customer").objects.get()
    assert (row.name, row.in_doubt) == ("Gold", False)
