"""Each check speaks when it should, and not otherwise."""

import pytest
from django.core.checks import run_checks
from django.db import models

from stripe_integrations import checks, conf
from stripe_integrations.models import StripeBaseProduct
from stripe_integrations.webhooks import BaseWebhook

GOOD = {"API_KEY": "sk_test_1", "WEBHOOK_SECRET": "whsec_1"}


def said():
    messages = [*checks.check_settings(), *checks.check_models(), *checks.check_webhooks()]
    return [message.id.rpartition(".")[2] for message in messages]


@pytest.mark.django_db
def test_quiet_when_all_is_well():
    assert [message for message in run_checks() if message.id.startswith("stripe_")] == []


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        (GOOD, []),
        ({**GOOD, "WEBHOOK_SECRET": ["whsec_1", "whsec_2"]}, []),
        ({**GOOD, "WEBHOOK_SECRET": ""}, ["E001"]),
        ({**GOOD, "WEBHOOK_SECRET": "  "}, ["E001"]),
        ({**GOOD, "WEBHOOK_SECRET": ["whsec_1", ""]}, ["E001"]),
        ({**GOOD, "WEBHOOK_SECRET": None}, ["W002"]),
        ({**GOOD, "WEBHOOK_SECRET": []}, ["W002"]),
        ({**GOOD, "WEBHOK_SECRET": "x"}, ["W001"]),
        ({**GOOD, "MAX_BODY": 10_000_000}, ["E002"]),
        ({**GOOD, "WEBHOOK_TOLERANCE": 0}, ["E003"]),
        ({**GOOD, "API_KEY": None}, ["W003"]),
        ({**GOOD, "API_KEY": None, "LIVEMODE": True}, []),
        ({**GOOD, "API_KEY": "rk_live_1"}, []),
        ({**GOOD, "SYNC_POLICY": {"*": "fetch", "product": "payload"}}, []),
        ({**GOOD, "SYNC_POLICY": {"product": "always"}}, ["E006"]),
        ({**GOOD, "SYNC_POLICY": {"Product": "auto"}}, ["E006"]),
        ({**GOOD, "QUEUE": "stripe_integrations.queues.celery"}, []),
        ({**GOOD, "QUEUE": "stripe_integrations.queues.none"}, ["E007"]),
        ({**GOOD, "QUEUE": "stripe_integrations.conf"}, ["E007"]),
        ({**GOOD, "QUEUE": 5}, ["E007"]),
        ({}, ["W002", "W003"]),
    ],
)
def test_settings(settings, given, ids):
    settings.STRIPE_INTEGRATIONS = given
    assert said() == ids


def test_unknown_setting_proposes_the_nearest(settings):
    settings.STRIPE_INTEGRATIONS = {**GOOD, "WEBHOK_SECRET": "x"}
    assert checks.check_settings()[0].hint == "Did you mean 'WEBHOOK_SECRET'?"


def test_event_name_proposes_the_nearest(own_registry):
    class Mine(BaseWebhook):
        name = "custommer.created"

    (message,) = checks.check_webhooks()
    assert message.id == "stripe_integrations.W005"
    assert message.hint == "Did you mean 'customer.created'?"


def test_siblings(own_registry):
    class Parent(BaseWebhook):
        name = ("product.created", "product.updated")

    class One(Parent):
        name = "product.created"

    assert said() == []

    class Two(Parent):
        name = "product.created"

    (message,) = checks.check_webhooks()
    assert message.id == "stripe_integrations.W006"
    assert "One" in message.msg
    assert "Two" in message.msg


def test_swapped_model_that_is_none(settings):
    settings.STRIPE_CARD_MODEL = "nowhere.Card"
    assert said() == ["E005"]


def test_columns_of_a_swapped_model():
    class Odd(StripeBaseProduct):
        shippable = models.BooleanField()
        caption = models.TextField()
        default = models.BooleanField(default=False)
        best_price = models.ForeignKey(conf.model_label("Price"), models.CASCADE)

        class Meta:
            app_label = "fkapp"
            managed = False

    try:
        ids = [(message.id, message.obj.name) for message in checks._columns(Odd)]
        assert ids == [
            ("stripe_integrations.E004", "shippable"),
            ("stripe_integrations.W004", "best_price"),
        ]
    finally:
        from django.apps import apps

        del apps.all_models["fkapp"]["odd"]
        apps.clear_cache()


@pytest.mark.parametrize(
    ("key", "livemode"),
    [
        ("sk_live_1", True),
        ("rk_live_1", True),
        ("sk_test_1", False),
        ("rk_test_1", False),
        ("sk_org_1", None),
        ("", None),
        (None, None),
    ],
)
def test_mode_follows_from_the_key(settings, key, livemode):
    settings.STRIPE_INTEGRATIONS = {"API_KEY": key}
    assert conf.livemode() is livemode
    settings.STRIPE_INTEGRATIONS = {"API_KEY": key, "LIVEMODE": True}
    assert conf.livemode() is True
