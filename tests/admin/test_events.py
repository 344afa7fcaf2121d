"""The admin of events: to be read, and an action that processes them again."""

import pytest
from django.urls import reverse

from stripe_integrations import conf
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db(transaction=True)


def url(view, *args):
    options = conf.model("Event")._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_{view}", args=args)


def process_again(client, *ids):
    data = {"action": "process_again", "_selected_action": ids}
    return client.post(url("changelist"), data, follow=True).content.decode()


def states():
    return dict(conf.model("Event").objects.values_list("pk", "status"))


def test_chosen_events_are_processed_again(admin_client, poster, failing):
    for id in ("evt_1", "evt_2", "evt_3"):
        assert poster.event(objects.event("product.created", objects.product(), id=id)) == 500
    assert "2 failed" in process_again(admin_client, "evt_1", "evt_2")
    failing.fails = False
    assert "2 processed" in process_again(admin_client, "evt_1", "evt_2")
    assert states() == {"evt_1": "processed", "evt_2": "processed", "evt_3": "failed"}


def test_failed_event_is_found_and_shows_its_error(admin_client, poster, failing):
    poster.event(objects.event("product.created", objects.product(), id="evt_1"))
    listed = admin_client.get(url("changelist"), {"status__exact": "failed", "q": "prod_1"})
    assert "evt_1" in listed.content.decode()
    shown = admin_client.get(url("change", "evt_1")).content.decode()
    assert "RuntimeError: told to fail" in shown


def test_events_are_neither_added_nor_deleted(admin_client, poster):
    poster.event(objects.event("product.created", objects.product(), id="evt_1"))
    assert admin_client.get(url("add")).status_code == 403
    assert admin_client.get(url("delete", "evt_1")).status_code == 403
    posted = admin_client.post(url("change", "evt_1"), {"status": "received", "kind": "x"})
    assert posted.status_code == 403
    assert states() == {"evt_1": "processed"}
