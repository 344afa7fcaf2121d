"""Each check speaks when it should, and not otherwise."""

from types import ModuleType

import pytest
import stripe
from django.apps import apps
from django.contrib.auth.decorators import login_required
from django.core.checks import run_checks
from django.db import models
from django.urls import path
from django.utils import timezone

from stripe_integrations import checks, conf
from stripe_integrations.actions.endpoints import enabled_events
from stripe_integrations.checks import models as check_models
from stripe_integrations.models import StripeBaseProduct
from stripe_integrations.viewsets import StripeWebhookViewSet
from stripe_integrations.webhooks import BaseWebhook
from tests import endpoints

GOOD = {"API_KEY": "sk_test_1", "WEBHOOK_SECRET": "whsec_1"}


@pytest.fixture(autouse=True)
def safe_sdk(monkeypatch):
    """Whatever version is installed, it is not what the other tests are about."""
    monkeypatch.setattr(stripe, "VERSION", "16.1.0")


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
        ({**GOOD, "API_KEY": None}, ["W007", "W003"]),
        ({**GOOD, "API_KEY": None, "LIVEMODE": True}, ["W007"]),
        ({**GOOD, "WEBHOOK_SECRET": "sk_test_1"}, ["E008"]),
        ({**GOOD, "WEBHOOK_SECRET": ["whsec_1", " rk_live_1"]}, ["E008"]),
        ({**GOOD, "RECORD_TRIGGERS": "refused"}, []),
        ({**GOOD, "RECORD_TRIGGERS": True}, ["E009"]),
        ({**GOOD, "TRUSTED_PROXIES": ["10.0.0.1", "172.16.0.0/12", "::1", "fd00::/8"]}, []),
        ({**GOOD, "TRUSTED_PROXIES": ["proxy"]}, ["E010"]),
        ({**GOOD, "TRUSTED_PROXIES": ["10.0.0.1/8", "unix"]}, []),
        ({**GOOD, "TRUSTED_PROXIES": "10.0.0.1"}, ["E010"]),
        ({**GOOD, "REFUSED_PER_MINUTE": "60"}, ["E016"]),
        ({**GOOD, "CLOCK_GUARD": "2"}, ["E016"]),
        ({**GOOD, "CLOCK_GUARD": -1}, ["E016"]),
        ({**GOOD, "GIVE_UP_AFTER": "86400"}, ["E016"]),
        ({**GOOD, "MAX_BODY": "1048576"}, ["E016"]),
        ({**GOOD, "MAX_BODY": -1}, ["E016"]),
        ({**GOOD, "WEBHOOK_TOLERANCE": "300"}, ["E016"]),
        ({**GOOD, "LIVEMODE": "false"}, ["E018"]),
        ({**GOOD, "SYNC_POLICY": None}, ["E018"]),
        ({**GOOD, "WEBHOOK_SECRET": 5}, ["E018"]),
        ({**GOOD, "WEBHOOK_SECRET": b"whsec_x"}, ["E018"]),
        ({**GOOD, "WEBHOOK_SECRET": {"a": "whsec_x"}}, ["E018"]),
        ({**GOOD, "API_KEY": b"sk_test_1"}, ["E018"]),
        ({**GOOD, "API_KEY": "pk_test_1"}, ["E019"]),
        ({**GOOD, "REFUSED_PER_MINUTE": -1}, ["E016"]),
        ({**GOOD, "REFUSED_PER_MINUTE": 0}, []),
        ({**GOOD, "TRUSTED_PROXIES": 5}, ["E010"]),
        ({**GOOD, "API_KEY": "rk_live_1"}, []),
        ({**GOOD, "SYNC_POLICY": {"*": "fetch", "product": "payload"}}, []),
        ({**GOOD, "SYNC_POLICY": {"product": "always"}}, ["E006"]),
        ({**GOOD, "SYNC_POLICY": {"Product": "auto"}}, ["E006"]),
        ({**GOOD, "QUEUE": "stripe_integrations.queues.celery"}, []),
        ({**GOOD, "QUEUE": "stripe_integrations.queues.none"}, ["E007"]),
        ({**GOOD, "QUEUE": "stripe_integrations.conf"}, ["E007"]),
        ({**GOOD, "QUEUE": 5}, ["E007"]),
        ({}, ["W002", "W007", "W003"]),
    ],
)
def test_settings(settings, given, ids):
    settings.STRIPE_INTEGRATIONS = given
    assert said() == ids


def test_value_of_a_secret_is_not_told(settings):
    settings.STRIPE_INTEGRATIONS = {"WEBHOOK_SECRET": b"whsec_x", "API_KEY": b"sk_test_1"}
    messages = str(checks.check_settings())
    assert "E018" in messages
    assert "whsec_x" not in messages
    assert "sk_test_1" not in messages


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


def test_live_key_with_debug(settings):
    settings.STRIPE_INTEGRATIONS = {**GOOD, "API_KEY": "rk_live_1"}
    assert said() == []
    settings.DEBUG = True
    assert said() == ["W008"]
    settings.STRIPE_INTEGRATIONS = GOOD
    assert said() == []


@pytest.mark.parametrize(
    ("version", "ids"),
    [("12.5.0", ["W009"]), ("16.0.9", ["W009"]), ("16.1.0", []), ("17.0.0b1", [])],
)
def test_sdk(monkeypatch, version, ids):
    monkeypatch.setattr(stripe, "VERSION", version)
    assert said() == ids


@pytest.fixture
def own_models():
    """Forget the models that a test defines."""
    before = set(apps.all_models["fkapp"])
    yield
    for name in set(apps.all_models["fkapp"]) - before:
        del apps.all_models["fkapp"][name]
    apps.clear_cache()


def test_swapped_model_that_lacks_a_column(own_models, settings):
    class Thin(models.Model):
        id = models.CharField(primary_key=True, max_length=255)
        version = models.IntegerField(default=1)

        class Meta:
            app_label = "fkapp"
            managed = False

    settings.STRIPE_COUPON_MODEL = "fkapp.Thin"
    (message,) = (each for each in checks.check_models() if each.id.endswith("E011"))
    assert "fkapp.Thin lacks account, amount_off, as_of," in message.msg
    assert "StripeBaseCoupon" in message.hint


class TestRoutes:
    CSRF = "django.middleware.csrf.CsrfViewMiddleware"
    LOGIN = "django.contrib.auth.middleware.LoginRequiredMiddleware"

    def said(self, settings, *middleware, view=None):
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, *middleware]
        if view is not None:
            urls = ModuleType("urls")
            urls.urlpatterns = [path("hook", view, name="hook")]
            settings.ROOT_URLCONF = urls
        return [message.id.rpartition(".")[2] for message in checks.check_routes()]

    def test_ours_pass_every_middleware(self, settings):
        assert self.said(settings, self.CSRF, self.LOGIN, "no.such.middleware") == []

    def view(self, **attributes):
        view = StripeWebhookViewSet.as_view({"post": "create"})
        for name, value in attributes.items():
            setattr(view, name, value)
        return view

    def test_behind_csrf(self, settings):
        view = self.view(csrf_exempt=False)
        assert self.said(settings, view=view) == []
        assert self.said(settings, self.CSRF, view=view) == ["E012"]

    def test_behind_a_login(self, settings):
        view = self.view(login_required=True)
        assert self.said(settings, view=view) == []
        assert self.said(settings, self.LOGIN, view=view) == ["E013"]

    def test_behind_the_decorator(self, settings):
        assert self.said(settings, view=login_required(self.view())) == ["E013"]


@pytest.mark.django_db
class TestEndpoints:
    def said(self):
        messages = run_checks(databases=["default"])
        return [each.id.rpartition(".")[2] for each in messages if "The endpoint" in each.msg]

    @pytest.mark.parametrize(
        ("values", "ids"),
        [
            ({}, []),
            ({"secret": None}, ["W010"]),
            ({"expires_at": timezone.now()}, ["W010"]),
            ({"secret": None, "uuid": None}, []),
            ({"secret": None, "status": "disabled"}, []),
            ({"secret": None, "deleted_at": timezone.now()}, []),
            ({"tolerance": 0}, ["E017"]),
            ({"enabled_events": ["product.created"]}, ["W011"]),
            ({"livemode": True}, ["E014"]),
            ({"livemode": None}, []),
            ({"validation_method": "none", "secret": None}, ["E015"]),
            ({"validation_method": "retrieve_event", "secret": None}, []),
        ],
    )
    def test_endpoint(self, values, ids):
        endpoints.endpoint(**values)
        assert self.said() == ids

    def test_model_that_is_none(self, settings):
        settings.STRIPE_EVENT_MODEL = "nowhere.Event"
        assert checks.check_endpoints(databases=["default"]) == []

    def test_tells_what_is_not_sent(self, own_registry):
        sent = enabled_events()

        class Mine(BaseWebhook):
            name = ("invoice.paid", "charge.refunded")

        endpoints.endpoint(enabled_events=sent)
        (message,) = checks.check_endpoints(databases=["default"])
        assert "we_1 is not sent charge.refunded, invoice.paid, for which" in message.msg

    def test_is_asked_for_only(self):
        endpoints.endpoint(secret=None)
        assert checks.check_endpoints() == []


def test_columns_of_a_swapped_model(own_models):
    class Odd(StripeBaseProduct):
        shippable = models.BooleanField()
        caption = models.TextField()
        default = models.BooleanField(default=False)
        best_price = models.ForeignKey(conf.model_label("Price"), models.CASCADE)

        class Meta:
            app_label = "fkapp"
            managed = False

    ids = [(message.id, message.obj.name) for message in check_models._columns(Odd)]
    assert ids == [
        ("stripe_integrations.E004", "shippable"),
        ("stripe_integrations.W004", "best_price"),
    ]


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
