"""The process ends at any statement; the same event, sent again, is completed once."""

import itertools

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from stripe_integrations import client, conf
from stripe_integrations.webhooks import BaseWebhook
from tests import objects

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
def test_cut_at_every_statement(counting, deliver, user, verb):
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
    assert number > 8  # there were that many places to cut at


def test_cut_while_the_api_is_read(deliver, stripe_api, monkeypatch, counting):
    stripe_api.create("customers", {"id": "cus_1", "name": "Gold"})
    cuts = iter([PowerCut])
    deliver(objects.event("customer.updated", objects.customer(name="a")))

    def cut(*args, **kwargs):
        for each in cuts:
            raise each
        return look_up(*args, **kwargs)

    look_up = client.look_up
    monkeypatch.setattr(client, "look_up", cut)
    message = objects.event("customer.updated", objects.customer(name="b"))
    with pytest.raises(PowerCut):
        deliver(message)
    assert not conf.model("Event").objects.filter(pk=message["id"]).exists()
    deliver(message)
    row = conf.model("Customer").objects.get()
    assert (row.name, row.in_doubt) == ("Gold", False)
