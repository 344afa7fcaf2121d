"""One state after events in any order; and a class that depends on the order is found."""

import pytest

from stripe_integrations import conf
from stripe_integrations.testing import WebhookURL, deliver_shuffled, objects
from stripe_integrations.testing.shuffling import mirrored_state
from stripe_integrations.webhooks import BaseWebhook


def story():
    """Return the events of a subscription that is changed and canceled; minutes apart."""
    changed = objects.subscription(quantity=2)
    ended = objects.subscription(status="canceled", ended_at=objects.NOW + 180)
    return [
        objects.event("product.created", created=objects.NOW),
        objects.event("customer.created", created=objects.NOW),
        objects.event("customer.subscription.created", created=objects.NOW + 60),
        objects.event("customer.subscription.updated", changed, created=objects.NOW + 120),
        objects.event("customer.subscription.deleted", ended, created=objects.NOW + 180),
        objects.event("product.deleted", created=objects.NOW + 240),
    ]


@pytest.mark.django_db(transaction=True)
def test_mirror_is_one_in_all_orders(stripe_webhooks):
    deliver_shuffled(story())
    row = conf.model("Subscription").objects.get()
    assert (row.status, conf.model("Product").objects.get().is_deleted) == ("canceled", True)
    assert conf.model("Event").objects.count() == 6
    assert ("Subscription", "sub_1") in mirrored_state()


@pytest.mark.django_db(transaction=True)
def test_class_that_trusts_the_order_is_found(stripe_webhooks, own_registry):
    seen = []

    class LastOne(BaseWebhook):
        name = "customer.subscription"

        def process_webhook(self):
            seen.append(self.event.message["data"]["object"]["status"])

    with pytest.raises(AssertionError, match=r"arrive the last one first end in another state"):
        deliver_shuffled(story(), state=lambda: seen[-1])


@pytest.mark.django_db(transaction=True)
def test_row_that_depends_on_the_order_is_shown(stripe_webhooks, stripe_api):
    """Two events of one second, and an API that does not answer: the later one stays, in doubt."""
    stripe_api.down()
    events = [
        objects.event("product.updated", objects.product(name=name)) for name in ("Tin", "Zinc")
    ]
    with pytest.raises(
        AssertionError, match=r"(?s)another state.*'Product', 'prod_1'.*'Tin'.*not.*'Zinc'"
    ):
        deliver_shuffled(events)


@pytest.mark.django_db(transaction=True)
def test_event_that_is_not_accepted_is_named(stripe_webhooks, failing):
    with pytest.raises(AssertionError, match=r"product.created evt_1 is not accepted: \[500, 500"):
        deliver_shuffled([objects.event("product.created", id="evt_1")])


@pytest.mark.django_db
def test_test_in_a_transaction_is_told(stripe_webhooks):
    with pytest.raises(RuntimeError, match="transaction=True"):
        deliver_shuffled(story())


@pytest.mark.django_db(transaction=True)
def test_server_is_refused_since_nothing_of_it_is_rolled_back(live_server):
    with pytest.raises(TypeError, match="wants a StripeWebhookClient"):
        deliver_shuffled(story(), receiver=WebhookURL(live_server.url, "whsec_test"))
