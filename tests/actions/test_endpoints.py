"""Endpoints at Stripe: created, rolled, disabled, adopted; their secrets are kept to themselves."""

import uuid
from datetime import timedelta

import pytest
import stripe
from django.db import OperationalError
from django.utils import timezone
from django.views.debug import ExceptionReporter

from stripe_integrations import conf
from stripe_integrations.actions import StripeEndpoint
from stripe_integrations.endpoint_urls import refuse_private, uuid_in
from stripe_integrations.testing.fake_stripe import endpoints as fake_endpoints
from stripe_integrations.webhooks import BaseWebhook
from tests import endpoints

pytestmark = pytest.mark.django_db(transaction=True)

UUID = "9b2f9a3e-37ff-4d8e-a4ce-59c2d5f3f7a1"
URL = f"https://shop.example.com/stripe/webhook/{UUID}"


def rows():
    return conf.model("WebhookEndpoint").objects


#: What an error page may not show; put together, since it shows this file, too.
SECRETS = ["whsec_" + "of_1", "sk_" + "test_123"]


def is_over(row):
    """Let the time of an endpoint that is rolled be over."""
    rows().filter(pk=row.pk).update(retires_at=timezone.now())


def fail(*_args, **_kwargs):
    raise OperationalError("told to fail")


def values(row):
    return list(row.secrets.values_list("value", flat=True))


class TestCreate:
    def test_created_endpoint_is_at_stripe_and_here(self, stripe_api):
        row = StripeEndpoint.create(URL)
        theirs = stripe_api.current.endpoints[row.pk]
        assert row == rows().get()
        assert (row.url, str(row.uuid), row.status, row.livemode) == (URL, UUID, "enabled", False)
        assert theirs["api_version"] == row.api_version == stripe.api_version
        assert row.enabled_events == theirs["enabled_events"]
        assert values(row) == [f"whsec_of_{row.pk.removeprefix('we_')}"]
        assert row.is_verifiable

    def test_secret_is_in_no_other_column(self, stripe_api):
        row = rows().get(pk=StripeEndpoint.create(URL).pk)
        (secret,) = values(row)
        assert secret not in str(row.__dict__)
        assert "secret" not in row.stripe_data
        assert StripeEndpoint.retrieve(row.pk).stripe_data == stripe_api.current.endpoints[row.pk]

    def test_every_event_is_mirrored_by_default(self, stripe_api):
        assert StripeEndpoint.create(URL).enabled_events == ["*"]

    def test_kinds_left_out_are_sent_to_classes_that_name_them(
        self, stripe_api, own_registry, settings
    ):
        mirror = {"*": False, "product": True, "issuing.card": True, "card": True}
        settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "MIRROR": mirror}

        class Mine(BaseWebhook):
            name = ("invoice", "charge.refunded")

            def process_webhook(self):
                """Do nothing."""

        events = StripeEndpoint.create(URL).enabled_events
        assert {
            *("product.created", "invoice.paid", "charge.refunded", "issuing_card.created"),
            # A card may come with them; the other names its own class.
            *("customer.source.created", "account.external_account.created"),
            "checkout.session.completed",
        } < set(events)
        assert not {"charge.succeeded", "invoice", "payout.paid", "price.created"} & set(events)

    def test_class_that_waits_for_all_subscribes_to_all_events(self, stripe_api, own_registry):
        class Mine(BaseWebhook):
            name = "*"

            def process_webhook(self):
                """Do nothing."""

        assert StripeEndpoint.create(URL).enabled_events == ["*"]

    def test_created_endpoint_has_the_version_of_the_settings(self, stripe_api, settings):
        settings.STRIPE_INTEGRATIONS = {
            **settings.STRIPE_INTEGRATIONS,
            "API_VERSION": "2024-06-20",
        }
        assert StripeEndpoint.create(URL).api_version == "2024-06-20"

    def test_endpoint_for_connected_accounts_names_the_application(self, stripe_api):
        assert StripeEndpoint.create(URL, connect=True).application == "ca_1"
        row = StripeEndpoint.create(URL, account="acct_1", tolerance=60)
        assert (row.account, row.tolerance) == ("acct_1", 60)
        assert row.pk in stripe_api.accounts["acct_1"].endpoints

    def test_refused_creation_leaves_no_row(self, stripe_api):
        stripe_api.fail_with(403)
        with pytest.raises(stripe.StripeError):
            StripeEndpoint.create(URL)
        assert not rows().exists()

    def test_what_cannot_be_kept_is_taken_back(self, stripe_api, monkeypatch, caplog):
        monkeypatch.setattr(conf.model("WebhookSecret").objects, "using", fail)
        with pytest.raises(OperationalError) as caught:
            StripeEndpoint.create(URL)
        page = ExceptionReporter(None, caught.type, caught.value, caught.tb).get_traceback_html()
        assert "told to fail" in page
        assert [each for each in SECRETS if each in page] == []
        assert not rows().exists()
        assert stripe_api.current.endpoints == {}

    def test_sync_keeps_no_secret(self, stripe_api):
        """As somebody might do with an answer of the SDK."""
        made = fake_endpoints.create_endpoint(stripe_api, {"url": URL, "enabled_events": ["*"]})
        row = StripeEndpoint.sync(made)
        assert "secret" not in row.stripe_data
        assert made["secret"] not in str(rows().get().__dict__)


class TestUrls:
    @pytest.mark.parametrize(
        ("url", "told"),
        [
            ("http://shop.example.com", "does not begin with https://"),
            ("shop.example.com", "does not begin with https://"),
            ("", "does not begin with https://"),
            ("https://", "does not begin with https://"),
            ("https://[", "is no URL"),
            ("https://localhost:8000", "stripe listen --forward-to"),
            ("http://localhost:8000", "stripe listen --forward-to"),
            ("https://LOCALHOST", "stripe listen --forward-to"),
            ("https://shop.localhost", "stripe listen --forward-to"),
            ("https://shop.local", "stripe listen --forward-to"),
            ("https://shop", "stripe listen --forward-to"),
            ("https://127.0.0.1", "stripe listen --forward-to"),
            ("https://10.1.2.3", "stripe listen --forward-to"),
            ("https://[::1]:8000", "stripe listen --forward-to"),
            ("https://[fd00::1]", "stripe listen --forward-to"),
        ],
    )
    def test_url_that_stripe_cannot_reach_is_refused(self, url, told, stripe_api):
        with pytest.raises(ValueError, match=told):
            StripeEndpoint.create(url)
        assert stripe_api.requests == []

    @pytest.mark.parametrize(
        "url", ["https://shop.example.com", "https://8.8.8.8:8443/x", "https://[2606:4700::1111]"]
    )
    def test_url_that_stripe_can_reach_is_accepted(self, url):
        assert refuse_private(url) is None

    @pytest.mark.parametrize(
        ("url", "found"),
        [
            (URL, UUID),
            (f"{URL}/", UUID),
            (f"{URL}?a=b", UUID),
            (URL.upper(), UUID),
            ("https://shop.example.com/stripe/webhook", "None"),
            ("https://shop.example.com", "None"),
        ],
    )
    def test_uuid_of_a_url_is_found(self, url, found):
        assert str(uuid_in(url)) == found


class TestRoll:
    def test_both_secrets_are_valid_for_a_while(self, stripe_api):
        old = StripeEndpoint.create(URL, tolerance=60, validation_method="verify_signature")
        new = StripeEndpoint.roll(old, overlap=timedelta(hours=1))
        assert new.pk != old.pk
        assert (new.url, new.uuid, new.tolerance) == (old.url, old.uuid, 60)
        assert values(new) != values(old)
        assert new.secrets.get().expires_at is None
        left = old.secrets.get().expires_at - timezone.now()
        assert timedelta(minutes=59) < left <= timedelta(hours=1)
        assert stripe_api.current.endpoints[old.pk]["status"] == "enabled"

    def test_the_old_one_is_disabled_afterwards(self, stripe_api):
        old = StripeEndpoint.create(URL)
        new = StripeEndpoint.roll(old, overlap=timedelta(hours=1))
        assert StripeEndpoint.retire() == []
        is_over(old)
        assert StripeEndpoint.retire() == [old]
        assert stripe_api.current.endpoints[old.pk]["status"] == "disabled"
        assert stripe_api.current.endpoints[new.pk]["status"] == "enabled"
        assert rows().get(pk=old.pk).status == "disabled"
        assert StripeEndpoint.retire() == []

    def test_roll_without_an_overlap_disables_the_old_one(self, stripe_api):
        old = StripeEndpoint.create(URL)
        StripeEndpoint.roll(old, overlap=timedelta(0))
        assert rows().get(pk=old.pk).status == "disabled"

    def test_overlap_that_is_no_timedelta_creates_nothing(self, stripe_api):
        old = StripeEndpoint.create(URL)
        with pytest.raises(TypeError, match=r"Pass a timedelta as `overlap`, not .* int"):
            StripeEndpoint.roll(old, overlap=72)
        assert list(stripe_api.current.endpoints) == [old.pk]

    def test_a_secret_that_expires_sooner_still_does(self, stripe_api):
        old = StripeEndpoint.create(URL)
        soon = timezone.now() + timedelta(minutes=1)
        old.secrets.update(expires_at=soon)
        StripeEndpoint.roll(old, overlap=timedelta(hours=1))
        assert old.secrets.get().expires_at == soon

    def test_rolled_endpoint_keeps_its_account_and_application(self, stripe_api):
        old = StripeEndpoint.create(URL, connect=True, account="acct_1")
        new = StripeEndpoint.roll(old, overlap=timedelta(hours=1))
        assert (new.account, new.application) == ("acct_1", "ca_1")

    def test_refused_roll_leaves_the_old_one_as_it_was(self, stripe_api):
        """As it does when there are 16 of them."""
        old = StripeEndpoint.create(URL)
        stripe_api.fail_with(400)
        with pytest.raises(stripe.StripeError):
            StripeEndpoint.roll(old, overlap=timedelta(0))
        assert old.secrets.get().expires_at is None
        assert rows().get().status == "enabled"

    @pytest.mark.parametrize(
        "values",
        [
            {"secret": None},
            {"status": "disabled"},
            {"deleted_at": timezone.now()},
            {"account": "acct_1"},
            {"application": "ca_1"},
            {"uuid": uuid.UUID(int=1)},
            {"retires_at": timezone.now()},
        ],
    )
    def test_without_an_heir_it_is_left_enabled(self, stripe_api, values):
        """What brings other events, or none, replaces nothing."""
        row = StripeEndpoint.create(URL)
        is_over(row)
        endpoints.endpoint("we_other", **{"uuid": row.uuid, **values})
        assert StripeEndpoint.retire() == []

    def test_one_that_stripe_has_no_longer(self, stripe_api):
        rolled = [StripeEndpoint.create(URL), StripeEndpoint.create(f"{URL[:-1]}2")]
        for row in rolled:
            StripeEndpoint.roll(row, overlap=timedelta(hours=1))
            is_over(row)
        del stripe_api.current.endpoints[rolled[0].pk]
        assert StripeEndpoint.retire() == [rolled[1]]

    @pytest.mark.parametrize("values", [{"secret": None}, {"validation_method": "retrieve_event"}])
    def test_endpoint_without_a_secret_is_retired_after_a_roll(self, stripe_api, values):
        made = fake_endpoints.create_endpoint(stripe_api, {"url": URL, "enabled_events": ["*"]})
        row = endpoints.endpoint(made["id"], url=URL, uuid=UUID, **values)
        StripeEndpoint.roll(row, overlap=timedelta(hours=1))
        is_over(row)
        assert StripeEndpoint.retire() == [row]

    def test_url_without_a_uuid_is_not_rolled(self, stripe_api):
        row = endpoints.endpoint(uuid=None, url="https://shop.example.com/stripe/webhook")
        with pytest.raises(ValueError, match="WEBHOOK_SECRET is its secret"):
            StripeEndpoint.roll(row)
        assert stripe_api.requests == []

    def test_several_rolls_at_once_create_one_endpoint(self, stripe_api):
        """They create one endpoint, as does one that follows another that broke off."""
        old = StripeEndpoint.create(URL)
        new = [StripeEndpoint.roll(old), StripeEndpoint.roll(old)]
        assert new[0] == new[1]
        assert len(stripe_api.current.endpoints) == 2
        assert values(new[0]) == values(new[1])

    def test_roll_after_one_that_broke_off_creates_no_third_endpoint(self, stripe_api, monkeypatch):
        old = StripeEndpoint.create(URL)
        with monkeypatch.context() as broken:
            broken.setattr(conf.model("WebhookSecret").objects, "using", fail)
            with pytest.raises(OperationalError):
                StripeEndpoint.roll(old)
        assert rows().get() == old
        new = StripeEndpoint.roll(old)
        assert new.is_verifiable
        assert len(stripe_api.current.endpoints) == 2

    def test_again_when_the_successor_is_disabled(self, stripe_api):
        old = StripeEndpoint.create(URL)
        new = StripeEndpoint.roll(old)
        StripeEndpoint.disable(new)
        assert StripeEndpoint.roll(rows().get(pk=old.pk)).status == "disabled"
        is_over(old)
        assert StripeEndpoint.retire() == []

    def test_rolled_endpoint_keeps_its_description(self, stripe_api):
        made = fake_endpoints.create_endpoint(
            stripe_api,
            {"url": URL, "enabled_events": ["*"], "metadata": {"a": "1"}, "description": "Shop"},
        )
        new = StripeEndpoint.roll(StripeEndpoint.retrieve(made["id"]))
        assert (new.metadata, new.description) == ({"a": "1"}, "Shop")


def test_disabled_endpoint_is_not_enabled(stripe_api):
    row = StripeEndpoint.disable(StripeEndpoint.create(URL))
    assert row.status == rows().get().status == "disabled"
    assert not row.is_enabled
