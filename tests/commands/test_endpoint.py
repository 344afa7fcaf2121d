"""stripe_endpoint: what an operator does with endpoints."""

import io
import re
import uuid
from datetime import timedelta
from types import ModuleType

import pytest
from django.core.management import CommandError, call_command
from django.urls import include, path
from django.utils import timezone

from stripe_integrations import conf, event_types
from stripe_integrations.actions import StripeEventDestination
from stripe_integrations.testing import objects
from stripe_integrations.testing.fake_stripe import Refused
from stripe_integrations.testing.fake_stripe import destinations as fake_destinations
from stripe_integrations.testing.fake_stripe import endpoints as fake_endpoints
from stripe_integrations.webhooks import BaseWebhook
from tests import endpoints
from tests.urls import router

pytestmark = pytest.mark.django_db(transaction=True)

URL = "https://shop.example.com/stripe/webhook"


def run(*args):
    out = io.StringIO()
    call_command("stripe_endpoint", *args, stdout=out)
    assert "whsec_" not in out.getvalue()
    return out.getvalue()


def refuse_the_account(request):
    if request.account == "acct_gone":
        raise Refused(403, "The provided key does not have access to account 'acct_gone'.")


def rows():
    return conf.model("WebhookEndpoint").objects


def created():
    run("create", "--base-url", "https://shop.example.com/")
    return rows().latest("pk")


def made_in_the_dashboard(stripe_api, url, **params):
    """Return an endpoint that Stripe has and we have not, and its secret."""
    given = {"url": url, "enabled_events": ["*"], **params}
    with stripe_api.acting_for(None):
        made = fake_endpoints.create_endpoint(stripe_api, given)
    return made["id"], made["secret"]


class TestCreate:
    def test_created_endpoint_takes_events_at_once(self, stripe_api, poster):
        row = created()
        assert re.fullmatch(rf"{URL}/[0-9a-f-]{{36}}", row.url)
        body = objects.body(objects.event("product.created", objects.product()))
        poster.path = endpoints.path(row)
        assert poster.signed(body, row.secrets.get().value) == 200
        assert conf.model("Event").objects.get().webhook_endpoint == row

    def test_create_prints_the_endpoint(self, stripe_api):
        said = run("create", "--base-url", "https://shop.example.com", "--connect")
        assert said.split()[:3] == [rows().get().pk, rows().get().url, "enabled"]
        assert rows().get().application == "ca_1"

    @pytest.mark.parametrize("url", ["http://shop.example.com", "https://localhost:8000"])
    def test_address_that_stripe_cannot_reach_is_refused(self, stripe_api, url):
        with pytest.raises(CommandError, match="public address"):
            run("create", "--base-url", url)
        assert stripe_api.requests == []

    @pytest.mark.parametrize("rest", ["?x=1", "/?x=1", "#top", "/#top", "?", "#"])
    def test_base_url_with_a_query_or_fragment_is_refused(self, stripe_api, rest):
        with pytest.raises(CommandError, match="leave out what \\? or # begins"):
            run("create", "--base-url", f"https://shop.example.com{rest}")
        assert stripe_api.requests == []

    @pytest.mark.parametrize(
        "url",
        ["https://shop.example.com/a b", "https://me:pw@shop.example.com", "https://bücher.de"],
    )
    def test_base_url_that_is_no_public_address_is_refused(self, stripe_api, url):
        with pytest.raises(CommandError, match="public address alone"):
            run("create", "--base-url", url)
        assert stripe_api.requests == []

    def test_route_below_a_parameter_is_refused(self, stripe_api, settings):
        settings.ROOT_URLCONF = ModuleType("urls")
        settings.ROOT_URLCONF.urlpatterns = [path("<shop>/", include(router.urls))]
        with pytest.raises(CommandError, match="lies below one with parameters"):
            run("create", "--base-url", "https://shop.example.com")

    def test_missing_route_is_told(self, stripe_api, settings):
        settings.ROOT_URLCONF = "rest_framework.urls"
        with pytest.raises(CommandError, match="register it on a router"):
            run("create", "--base-url", "https://shop.example.com")

    @pytest.mark.parametrize("account", ["acct_1", "x"])
    def test_account_option_takes_only_a_connected_account(self, stripe_api, account):
        args = ("create", "--base-url", "https://shop.example.com", "--account", account)
        if account == "x":
            with pytest.raises(CommandError, match="connected account"):
                run(*args)
        else:
            run(*args)
            assert rows().get().account == account

    def test_stripe_says_no(self, stripe_api):
        stripe_api.fail_with(401)
        with pytest.raises(CommandError, match="AuthenticationError"):
            run("create", "--base-url", "https://shop.example.com")


class TestThin:
    """An event destination that is sent thin events, beside those that are sent objects."""

    def created(self, *args):
        run("create", "--base-url", "https://shop.example.com/", "--thin", *args)
        return rows().latest("pk")

    def test_created_destination_takes_thin_events_at_once(self, stripe_api, poster):
        row = self.created()
        assert (row.is_thin, row.is_connect, row.status) == (True, False, "enabled")
        assert re.fullmatch(rf"{URL}/[0-9a-f-]{{36}}", row.url)
        assert "whsec_" not in str(row.stripe_data)
        stripe_api.create("products", {"id": "prod_1"})
        body = objects.body(objects.thin_event("v1.product.created", "product", "prod_1"))
        poster.path = endpoints.path(row)
        assert poster.signed(body, row.secrets.get().value) == 200
        assert conf.model("Event").objects.get().webhook_endpoint == row
        assert conf.model("Product").objects.exists()

    def test_types_are_named_one_by_one(self, stripe_api):
        wanted = self.created().enabled_events
        assert "v1.product.updated" in wanted
        # Types without a snapshot twin are those that the installed SDK has.
        for name in ("v1.price.activated", "v2.core.account[identity].updated"):
            assert (name in wanted) is (name in event_types.known_thin())
        assert all(each.startswith(("v1.", "v2.")) for each in wanted)
        assert not any("treasury" in each or "customer.source" in each for each in wanted)

    def test_types_follow_from_what_is_mirrored_and_named(self, stripe_api, settings, own_registry):
        mirror = {"*": False, "product": True}
        settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "MIRROR": mirror}
        names = ("price.created", "v1.price.activated")
        type("Named", (BaseWebhook,), {"name": names, "process_webhook": lambda self: None})
        wanted = set(self.created().enabled_events)
        prices = {"v1.price.created", "v1.price.activated"}
        assert {each for each in wanted if "price." in each} == prices
        assert "v1.product.created" in wanted
        assert ("v1.product.activated" in wanted) is (
            "v1.product.activated" in event_types.known_thin()
        )
        assert "v1.plan.created" not in wanted

    def test_destination_for_connected_accounts(self, stripe_api):
        row = self.created("--connect")
        assert (row.events_from, row.is_connect) == (["@accounts"], True)

    def test_destination_of_a_connected_account(self, stripe_api):
        row = self.created("--account", "acct_1")
        assert row.account == "acct_1"
        with stripe_api.acting_for("acct_1"):
            assert list(stripe_api.current.destinations) == [row.pk]

    def test_destination_that_cannot_be_stored_is_deleted(self, stripe_api, monkeypatch):
        monkeypatch.setattr(StripeEventDestination, "_secret", None)
        with pytest.raises(TypeError):
            self.created()
        assert not stripe_api.current.destinations

    def test_sync_adopts_thin_destinations_and_no_others(self, stripe_api):
        known, endpoint = self.created(), created()
        with stripe_api.acting_for(None):
            url = f"{URL}/{uuid.UUID(int=3)}"
            for payload in ("thin", "snapshot"):
                fake_destinations.create_destination(
                    stripe_api,
                    {
                        "type": "webhook_endpoint",
                        "webhook_endpoint": {"url": url},
                        "event_payload": payload,
                        "enabled_events": ["v1.product.updated"],
                    },
                )
        said = run("sync")
        adopted = rows().exclude(pk__in=[known.pk, endpoint.pk]).get()
        assert f"missing v2.core.event_destination {adopted.pk}: repaired" in said
        assert (adopted.is_thin, adopted.url) == (True, url)
        assert adopted.uuid == uuid.UUID(int=3)
        assert rows().filter(deleted_at=None, status="enabled").count() == 3

    def test_sync_notes_what_changed_and_what_is_gone(self, stripe_api):
        changed, gone = self.created(), self.created()
        stripe_api.current.destinations[changed.pk]["status"] = "disabled"
        del stripe_api.current.destinations[gone.pk]
        run("sync")
        row = rows().get(pk=changed.pk)
        assert (row.status, row.url, row.uuid) == ("disabled", changed.url, changed.uuid)
        assert rows().get(pk=gone.pk).is_deleted

    def test_sync_reads_every_page(self, stripe_api):
        with stripe_api.acting_for(None):
            for number in range(130):
                fake_destinations.create_destination(
                    stripe_api,
                    {
                        "type": "webhook_endpoint",
                        "webhook_endpoint": {"url": f"{URL}/{uuid.UUID(int=number)}"},
                        "event_payload": "thin",
                        "enabled_events": ["v1.product.updated"],
                    },
                )
        run("sync")
        assert rows().count() == 130

    def test_disabled_destination_is_disabled_at_stripe(self, stripe_api):
        row = self.created()
        assert "disabled" in run("disable", row.pk)
        assert stripe_api.current.destinations[row.pk]["status"] == "disabled"
        assert rows().get().url == row.url

    def test_rolled_destination_is_replaced_by_another(self, stripe_api, poster):
        old = self.created("--connect")
        run("roll", old.pk, "--overlap", "1h")
        new = rows().exclude(pk=old.pk).get()
        assert (new.is_thin, new.is_connect, new.uuid) == (True, True, old.uuid)
        poster.path = endpoints.path(new)
        body = objects.body(objects.thin_event("v2.unheard.of", "unheard_of", "x_1"))
        for each in (old, new):
            assert poster.signed(body, each.secrets.get().value) == 200
        rows().filter(pk=old.pk).update(retires_at=timezone.now())
        assert f"{old.pk} is replaced by another one, and disabled." in run("sync")
        assert stripe_api.current.destinations[old.pk]["status"] == "disabled"


class TestSync:
    def test_endpoint_made_in_the_dashboard_is_adopted(self, stripe_api, poster):
        known = created()
        id, secret = made_in_the_dashboard(stripe_api, known.url)
        said = run("sync")
        assert f"missing webhook_endpoint {id}: repaired" in said
        row = rows().get(pk=id)
        assert (row.uuid, row.is_verifiable) == (known.uuid, False)
        assert "unverifiable: enter its signing secret in the admin" in said
        poster.path = endpoints.path(row)
        body = objects.body(objects.event("product.created", objects.product()))
        assert poster.signed(body, secret) == 400
        row.secrets.create(name="by hand", value=secret)
        assert poster.signed(body, secret) == 200
        assert conf.model("Event").objects.get().secret_name == "by hand"
        assert "unverifiable" not in run("list")

    def test_url_without_a_uuid_gives_no_uuid(self, stripe_api):
        id, _ = made_in_the_dashboard(stripe_api, URL)
        run("sync")
        assert rows().get(pk=id).uuid is None

    def test_changed_and_deleted_endpoints_are_brought_up_to_date(self, stripe_api):
        changed, deleted = created(), created()
        url = f"{URL}/{uuid.UUID(int=1)}"
        stripe_api.current.endpoints[changed.pk].update(status="disabled", url=url)
        del stripe_api.current.endpoints[deleted.pk]
        run("sync")
        row = rows().get(pk=changed.pk)
        assert (row.status, row.uuid) == ("disabled", uuid.UUID(int=1))
        assert rows().get(pk=deleted.pk).is_deleted
        assert deleted.pk not in run("list")

    def test_endpoint_of_a_connected_account_is_read_as_that_account(self, stripe_api):
        with stripe_api.acting_for("acct_1"):
            fake_endpoints.create_endpoint(stripe_api, {"url": URL, "enabled_events": ["*"]})
        run("sync", "--account", "acct_1")
        assert rows().get().account == "acct_1"

    def test_twice_changes_nothing(self, stripe_api):
        row = created()
        version = rows().get().version
        run("sync")
        assert (rows().get(pk=row.pk).version, row.secrets.count()) == (version, 1)

    def test_account_that_is_no_longer_connected(self, stripe_api, before_each_answer):
        """It keeps nothing else from being synced, and no roll from its end."""
        old = created()
        run("roll", old.pk)
        rows().filter(pk=old.pk).update(retires_at=timezone.now())
        endpoints.endpoint("we_theirs", account="acct_gone", uuid=uuid.UUID(int=2))
        before_each_answer(refuse_the_account)
        with pytest.raises(CommandError, match="Some endpoints are not synced"):
            run("sync")
        assert rows().get(pk=old.pk).status == "disabled"

    def test_url_that_is_none(self, stripe_api):
        made_in_the_dashboard(stripe_api, "https://[shop.example.com/x")
        run("sync")
        assert rows().get().uuid is None


class TestRoll:
    def test_old_endpoint_is_disabled_after_the_overlap(self, stripe_api):
        old = created()
        said = run("roll", old.pk, "--overlap", "1h").splitlines()
        new = rows().exclude(pk=old.pk).get()
        assert [line.split()[0] for line in said] == [new.pk, old.pk]
        assert "replaced, until" in said[1]
        run("sync")
        assert rows().get(pk=old.pk).status == "enabled"
        rows().filter(pk=old.pk).update(retires_at=timezone.now())
        assert f"{old.pk} is replaced by another one, and disabled." in run("sync")
        assert rows().get(pk=old.pk).status == "disabled"

    def test_for_as_long_as_stripe_tries_again(self, stripe_api):
        old = created()
        run("roll", old.pk)
        left = rows().get(pk=old.pk).retires_at - timezone.now()
        assert timedelta(hours=71) < left <= timedelta(hours=72)

    def test_endpoint_that_was_rolled_is_not_rolled_again(self, stripe_api):
        old = created()
        run("roll", old.pk)
        with pytest.raises(CommandError, match="is replaced already: roll the one that"):
            run("roll", old.pk)

    @pytest.mark.parametrize("overlap", ["1", "-1h", "1w", "x", ""])
    def test_overlap_that_is_no_time(self, stripe_api, overlap):
        with pytest.raises(CommandError, match="90d, 36h or 90m"):
            run("roll", created().pk, f"--overlap={overlap}")


def test_list_of_no_endpoints_says_so():
    assert run("list") == "No endpoints.\n"


def test_disabled_endpoint_is_disabled_at_stripe(stripe_api):
    row = created()
    assert "disabled" in run("disable", row.pk)
    assert stripe_api.current.endpoints[row.pk]["status"] == "disabled"


@pytest.mark.parametrize("verb", ["roll", "disable"])
def test_unknown_endpoint_is_told(stripe_api, verb):
    with pytest.raises(
        CommandError, match=r"no endpoint 'we_none' here: run `stripe_endpoint sync`"
    ):
        run(verb, "we_none")
