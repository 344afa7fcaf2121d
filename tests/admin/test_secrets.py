"""The secrets of an endpoint are entered in the admin, and seen nowhere."""

import logging
import re
from datetime import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.core import serializers
from django.core.management import call_command
from django.utils.timezone import make_aware

from stripe_integrations import conf
from tests.admin import rows
from tests.admin.conftest import messages_of
from tests.admin.test_endpoints import NEW, errors_of, form_of

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "whsec_entered_by_hand"


def enter(pages, *, answered=302, **values):
    """Enter a secret on the page of we_1, and return the answer."""
    form = form_of(pages)
    place = form["secrets-INITIAL_FORMS"]
    given = {"name": "by hand", "secret": SECRET, "expires_at_0": "", "expires_at_1": "", **values}
    entered = {f"secrets-{place}-{name}": value for name, value in given.items()}
    data = {**form, **entered, "secrets-TOTAL_FORMS": str(int(place) + 1)}
    return pages.change("WebhookEndpoint", "we_1", answered=answered, **data)


def secrets():
    return conf.model("WebhookSecret").objects.order_by("pk")


def test_entered_secret_is_stored_without_blanks(pages):
    rows.endpoint()
    enter(pages, secret=f" {SECRET} ", expires_at_0="2040-01-01", expires_at_1="12:00:00")
    kept = secrets().last()
    assert (kept.name, str(kept.value)) == ("by hand", SECRET)
    assert kept.expires_at == make_aware(datetime(2040, 1, 1, 12))


def test_the_others_stay_as_they_are(pages):
    rows.endpoint()
    enter(pages)
    enter(pages, name="second")
    # A disabled entry is not read, whatever is posted.
    form = {**form_of(pages), "secrets-0-name": "renamed", "secrets-0-secret": "whsec_forged"}
    pages.change("WebhookEndpoint", "we_1", **form)
    assert [(each.name, str(each.value)) for each in secrets()] == [
        ("renamed", "whsec_hidden_1"),
        ("by hand", SECRET),
        ("second", SECRET),
    ]


def test_secret_is_deleted_once_it_has_expired(pages):
    rows.endpoint()
    removal = {**form_of(pages), "secrets-0-DELETE": "on", "secrets-0-expires_at_0": "2020-01-01"}
    answer = pages.change("WebhookEndpoint", "we_1", answered=200, **removal)
    assert "The secret created has not expired" in answer.content.decode()
    secrets().update(expires_at=make_aware(datetime(2020, 1, 1)))
    pages.change("WebhookEndpoint", "we_1", **{**form_of(pages), "secrets-0-DELETE": "on"})
    assert not secrets().exists()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"secret": "sk_live_oops"}, "A signing secret begins with whsec_"),
        ({"secret": "whsec_" + "x" * 300}, "at most 255 characters"),
        ({"secret": ""}, "This field is required."),
        ({"name": ""}, "This field is required."),
        ({"name": "created"}, "already exists|duplicate"),
        ({"expires_at_0": "never"}, "Enter a valid date"),
    ],
)
def test_secret_that_cannot_be_one_is_refused_and_not_shown(pages, values, told):
    rows.endpoint()
    answer = enter(pages, answered=200, **values)
    assert re.search(told, errors_of(answer))
    for value in (SECRET, "sk_live_oops", "whsec_xxx"):
        assert value not in answer.content.decode()
    assert secrets().count() == 1


def test_secret_for_an_endpoint_of_the_other_mode_is_refused(pages):
    rows.endpoint(livemode=True)
    answer = enter(pages, answered=200)
    assert "The endpoint is of the other mode" in errors_of(answer)
    assert secrets().count() == 1
    # It can be changed all the same.
    pages.change("WebhookEndpoint", "we_1", **{**form_of(pages), "tolerance": "60"})


def test_secret_is_seen_nowhere(pages, stripe_api, capsys, caplog):
    caplog.set_level(logging.DEBUG)  # then the SDK logs whole answers
    rows.endpoint()
    next(stripe_api.numbers)  # we_1 is taken
    pages.change("WebhookEndpoint", **NEW)
    key = conf.model("WebhookEndpoint").objects.exclude(pk="we_1").get().pk
    entered = pages.client.get(enter(pages).url)
    rolled = pages.confirm("WebhookEndpoint", "roll", key)
    call_command("dumpdata")
    everything = [
        messages_of(entered),
        entered.content.decode(),
        rolled,
        pages.show("WebhookEndpoint"),
        pages.show("WebhookEndpoint", "we_1"),
        pages.show("WebhookEndpoint", key),
        pages.client.get(f"/admin/stripe_integrations/webhookendpoint/{key}/history/", follow=True)
        .content.decode(),
        repr(list(LogEntry.objects.values())),
        capsys.readouterr().out,
        serializers.serialize("json", secrets()),
        *(repr(each) + str(each) + repr(vars(each)) for each in secrets()),
        repr(list(secrets().values())),
        caplog.text,
    ]  # fmt: skip
    hidden = [str(value) for value in secrets().values_list("value", flat=True)]
    assert len(hidden) == 4
    for text in everything:
        for value in hidden:
            assert value not in text


@pytest.mark.parametrize("more", [(), ("add_webhooksecret",), ("change_webhookendpoint",)])
def test_secret_is_not_shown_to_users_who_may_look(pages_for, more):
    rows.endpoint()
    page = pages_for("view_webhookendpoint", "view_webhooksecret", *more).show(
        "WebhookEndpoint", "we_1"
    )
    assert "stored, never shown" in page
    assert "whsec_hidden" not in page


def test_reports_of_errors_do_not_show_what_was_entered(pages, rf):
    rows.endpoint()
    answer = enter(pages)
    assert answer.wsgi_request.sensitive_post_parameters == "__ALL__"
