"""Each check speaks when it should, and not otherwise."""

import sys
from types import ModuleType

import kombu.transport
import pytest
import stripe
from celery import Celery, current_app
from django.apps import apps
from django.contrib.auth.decorators import login_required
from django.core.checks import run_checks
from django.db import models
from django.urls import path
from django.utils import timezone

from stripe_integrations import checks, conf
from stripe_integrations.checks import models as check_models
from stripe_integrations.dispatch.wanted_events import enabled_events
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
        ({**GOOD, "EVENT_BUS_KEY": "k" * 32}, []),
        ({**GOOD, "EVENT_BUS_KEY": ["k" * 32, "l" * 40]}, []),
        ({**GOOD, "EVENT_BUS_KEY": "k" * 31}, ["W016"]),
        ({**GOOD, "EVENT_BUS_KEY": ""}, ["W016"]),
        ({**GOOD, "EVENT_BUS_KEY": ["k" * 32, "short"]}, ["W016"]),
        ({**GOOD, "EVENT_BUS_KEY": 1}, ["E018"]),
        ({**GOOD, "API_BASE": "http://127.0.0.1:12111"}, []),
        ({**GOOD, "API_BASE": "https://proxy.example/stripe"}, []),
        ({**GOOD, "API_BASE": "http://127.0.0.1:12111/"}, ["E028"]),
        ({**GOOD, "API_BASE": "api.stripe.com"}, ["E028"]),
        ({**GOOD, "API_BASE": "http://[::1"}, ["E028"]),
        ({**GOOD, "API_BASE": "http://x:port"}, ["E028"]),
        ({**GOOD, "API_BASE": 12111}, ["E028"]),
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
        ({**GOOD, "TRUSTED_ACCOUNTS": ["acct_1"]}, []),
        ({**GOOD, "TRUSTED_ACCOUNTS": "acct_1"}, ["E018"]),
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
        ({**GOOD, "SYNC_POLICY": {"Product": "auto"}}, ["W015"]),
        ({**GOOD, "SYNC_POLICY": {"topup": "fetch"}}, []),
        ({**GOOD, "SYNC_POLICY": {5: "auto"}}, ["E006"]),
        ({**GOOD, "MIRROR": {"*": False, "invoice": True, "topup": True}}, []),
        ({**GOOD, "MIRROR": {"invoice": "no"}}, ["E021"]),
        ({**GOOD, "KEEP_PERSONAL_DATA": ["v2.core.account"]}, []),
        ({**GOOD, "KEEP_PERSONAL_DATA": "v2.core.account"}, ["E018"]),
        ({**GOOD, "KEEP_PERSONAL_DATA": ["customer"]}, ["E022"]),
        ({**GOOD, "MIRROR": {"in voice": True, None: True}}, ["E021", "E021"]),
        ({**GOOD, "MIRROR": {"invoce": False}}, ["W015"]),
        ({**GOOD, "MIRROR": ["invoice"]}, ["E018"]),
        ({**GOOD, "QUEUE": "stripe_integrations.queues.celery"}, []),
        ({**GOOD, "QUEUE": "stripe_integrations.queues.none"}, ["E007"]),
        ({**GOOD, "QUEUE": "stripe_integrations.conf"}, ["E007"]),
        ({**GOOD, "QUEUE": 5}, ["E007"]),
        ({}, ["W002", "W007", "W003"]),
    ],
)
def test_wrong_setting_is_told(settings, given, ids):
    settings.STRIPE_INTEGRATIONS = given
    assert said() == ids


@pytest.mark.parametrize(
    ("broker", "blocked", "hint"),
    [
        ("sqs://user:password@", None, "celery[sqs]"),  # is not installed here
        ("redis://:password@redis.example.com/0", "redis", "celery[redis]"),
        ("rediss://:password@redis.example.com/0", "redis", "celery[redis]"),
        ("nonsense://user:password@example.com", None, "broker_url"),
    ],
)
def test_broker_without_its_client_is_an_error(settings, celery_app, block, broker, blocked, hint):
    block(blocked)
    celery_app(broker)
    settings.STRIPE_INTEGRATIONS = {**GOOD, "QUEUE": "stripe_integrations.queues.celery"}
    (message,) = checks.check_settings()
    assert message.id == "stripe_integrations.E020"
    assert broker.partition(":")[0] in message.msg
    assert hint in message.hint
    assert "password" not in message.msg + message.hint


@pytest.mark.parametrize("broker", ["memory://", "amqp://", "redis://127.0.0.1:1/0", None])
def test_broker_with_its_client_is_quiet_without_a_connection(settings, celery_app, broker):
    celery_app(broker)
    settings.STRIPE_INTEGRATIONS = {**GOOD, "QUEUE": "stripe_integrations.queues.celery"}
    assert checks.check_settings() == []


@pytest.fixture
def celery_app():
    """Take a broker's URL, and make the app of that broker the current one for a test."""
    before = current_app._get_current_object()
    yield lambda broker: Celery("tests", broker=broker, set_as_current=True)
    before.set_current()


@pytest.fixture
def block(monkeypatch):
    """Take the name of a module, and make importing it fail; kombu imports its transports anew."""
    monkeypatch.setattr(kombu.transport, "_transport_cache", {})

    def remove(name):
        monkeypatch.delitem(sys.modules, "kombu.transport.redis", raising=False)
        if name is not None:
            monkeypatch.setitem(sys.modules, name, None)

    return remove


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

        def process_webhook(self):
            """Do nothing."""

    (message,) = checks.check_webhooks()
    assert message.id == "stripe_integrations.W005"
    assert message.hint == "Did you mean 'customer.created'?"


def test_siblings_that_replace_the_same_class_are_told(own_registry):
    class Parent(BaseWebhook):
        name = ("product.created", "product.updated")

        def process_webhook(self):
            """Do nothing."""

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


def test_live_key_with_debug_is_told(settings):
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
def test_unsupported_sdk_is_told(monkeypatch, version, ids):
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


def test_swapped_model_that_lacks_a_column_is_told(own_models, settings):
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


#: `MIRROR`, for a project that follows products alone.
ONLY_PRODUCTS = {"*": False, "product": True}


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

    def test_our_routes_pass_every_middleware(self, settings):
        assert self.said(settings, self.CSRF, self.LOGIN, "no.such.middleware") == []

    def view(self, **attributes):
        view = StripeWebhookViewSet.as_view({"post": "create"})
        for name, value in attributes.items():
            setattr(view, name, value)
        return view

    def test_view_behind_csrf_is_told(self, settings):
        view = self.view(csrf_exempt=False)
        assert self.said(settings, view=view) == []
        assert self.said(settings, self.CSRF, view=view) == ["E012"]

    def test_view_behind_a_login_is_told(self, settings):
        view = self.view(login_required=True)
        assert self.said(settings, view=view) == []
        assert self.said(settings, self.LOGIN, view=view) == ["E013"]

    def test_view_behind_the_login_decorator_is_told(self, settings):
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
    def test_wrong_endpoint_is_told(self, values, ids):
        endpoints.endpoint(**values)
        assert self.said() == ids

    def test_model_that_is_none(self, settings):
        settings.STRIPE_EVENT_MODEL = "nowhere.Event"
        assert checks.check_endpoints(databases=["default"]) == []

    def test_tells_that_it_is_not_sent_everything(self):
        endpoints.endpoint(enabled_events=["invoice.paid"])
        (message,) = checks.check_endpoints(databases=["default"])
        assert "we_1 is not sent every event" in message.msg

    def test_tells_what_is_not_sent(self, own_registry, settings):
        settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "MIRROR": ONLY_PRODUCTS}
        sent = enabled_events()

        class Mine(BaseWebhook):
            name = ("invoice.paid", "charge.refunded")

            def process_webhook(self):
                """Do nothing."""

        endpoints.endpoint(enabled_events=sent)
        (message,) = checks.check_endpoints(databases=["default"])
        assert (
            "we_1 is not sent charge.refunded, invoice.paid, which webhook classes" in message.msg
        )

    def test_endpoints_are_checked_only_with_a_database(self):
        endpoints.endpoint(secret=None)
        assert checks.check_endpoints() == []


def test_column_that_a_row_cannot_do_without_is_told(own_models):
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
