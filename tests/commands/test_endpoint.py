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

from stripe_integrations import conf
from tests import endpoints, fake_endpoints, objects
from tests.fake_stripe_http import Refused
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
        made = fake_endpoints.create(stripe_api, given)
    return made["id"], made["secret"]


class TestCreate:
    def test_takes_events_at_once(self, stripe_api, poster):
        row = created()
        assert re.fullmatch(rf"{URL}/[0-9a-f-]{{36}}", row.url)
        body = objects.body(objects.event("product.created", objects.product()))
        poster.path = endpoints.path(row)
        assert poster.signed(body, row.secrets.get().value) == 200
        assert conf.model("Event").objects.get().webhook_endpoint == row

    def test_says_what_it_made(self, stripe_api):
        said = run("create", "--base-url", "https://shop.example.com", "--connect")
        assert said.split()[:3] == [rows().get().pk, rows().get().url, "enabled"]
        assert rows().get().application == "ca_1"

    @pytest.mark.parametrize("url", ["http://shop.example.com", "https://localhost:8000"])
    def test_address_that_stripe_cannot_reach(self, stripe_api, url):
        with pytest.raises(CommandError, match="public address"):
            run("create", "--base-url", url)
        assert stripe_api.requests == []

    def test_route_below_a_parameter(self, stripe_api, settings):
        settings.ROOT_URLCONF = ModuleType("urls")
        settings.ROOT_URLCONF.urlpatterns = [path("<shop>/", include(router.urls))]
        with pytest.raises(CommandError, match="lies below one with parameters"):
            run("create", "--base-url", "https://shop.example.com")

    def test_no_route(self, stripe_api, settings):
        settings.ROOT_URLCONF = "rest_framework.urls"
        with pytest.raises(CommandError, match="register it on a router"):
            run("create", "--base-url", "https://shop.example.com")

    @pytest.mark.parametrize("account", ["acct_1", "x"])
    def test_for_an_account(self, stripe_api, account):
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


class TestSync:
    def test_adopts_what_was_made_in_the_dashboard(self, stripe_api, poster):
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

    def test_url_without_a_uuid(self, stripe_api):
        id, _ = made_in_the_dashboard(stripe_api, URL)
        run("sync")
        assert rows().get(pk=id).uuid is None

    def test_changed_and_deleted_ones(self, stripe_api):
        changed, deleted = created(), created()
        url = f"{URL}/{uuid.UUID(int=1)}"
        stripe_api.current.endpoints[changed.pk].update(status="disabled", url=url)
        del stripe_api.current.endpoints[deleted.pk]
        run("sync")
        row = rows().get(pk=changed.pk)
        assert (row.status, row.uuid) == ("disabled", uuid.UUID(int=1))
        assert rows().get(pk=deleted.pk).is_deleted
        assert deleted.pk not in run("list")

    def test_of_connected_accounts(self, stripe_api):
        with stripe_api.acting_for("acct_1"):
            fake_endpoints.create(stripe_api, {"url": URL, "enabled_events": ["*"]})
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
        with pytest.raises(CommandError, match="Not all is synced"):
            run("sync")
        assert rows().get(pk=old.pk).status == "disabled"

    def test_url_that_is_none(self, stripe_api):
        made_in_the_dashboard(stripe_api, "https://[shop.example.com/x")
        run("sync")
        assert rows().get().uuid is None


class TestRoll:
    def test_with_an_overlap(self, stripe_api):
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

    def test_twice(self, stripe_api):
        old = created()
        run("roll", old.pk)
        with pytest.raises(CommandError, match="is replaced already: roll the one that"):
            run("roll", old.pk)

    @pytest.mark.parametrize("overlap", ["1", "-1h", "1w", "x", ""])
    def test_overlap_that_is_no_time(self, stripe_api, overlap):
        with pytest.raises(CommandError, match="90d, 36h or 90m"):
            run("roll", created().pk, f"--overlap={overlap}")


def test_none():
    assert run("list") == "No endpoints.\n"


def test_disable(stripe_api):
    row = created()
    assert "disabled" in run("disable", row.pk)
    assert stripe_api.current.endpoints[row.pk]["status"] == "disabled"


@pytest.mark.parametrize("verb", ["roll", "disable"])
def test_unknown_endpoint(stripe_api, verb):
    with pytest.raises(CommandError, match=r"no endpoint 'we_none' here: `stripe_endpoint sync`"):
        run(verb, "we_none")
