"""Thin events at the route: stored, their object read, each class run once."""

import io
import json

import pytest
from django.core.management import call_command

from stripe_integrations import conf
from stripe_integrations.actions import StripeWebhook
from stripe_integrations.exceptions import PayloadNotConfirmed, WebhookFailed
from stripe_integrations.queues import process
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook
from tests import endpoints

pytestmark = pytest.mark.django_db(transaction=True)


def rows(name):
    return conf.model(name).objects


def reads(stripe_api):
    return [each.path for each in stripe_api.requests if each.method == "GET"]


@pytest.fixture
def product(stripe_api):
    return stripe_api.create("products", {"id": "prod_1", "name": "Gold"})


@pytest.fixture
def noting(own_registry):
    """A class that notes what it is given."""

    class Noting(BaseWebhook):
        name = "product"
        seen = []

        def process_webhook(self):
            Noting.seen.append((self.event.pk, self.event.stripe_object))

    return Noting


@pytest.fixture
def note(own_registry):
    """Register a class for these names; its `seen` are the events that it ran for."""

    def register(*names):
        def process_webhook(self):
            type(self).seen.append(self.event.kind)

        values = {"name": names, "seen": [], "process_webhook": process_webhook}
        return type(f"For{len(own_registry.registered())}", (BaseWebhook,), values)

    return register


def thin(verb="updated", id="prod_1", **values):
    return objects.thin_event(f"v1.product.{verb}", "product", id, **values)


class TestStored:
    def test_thin_event_is_stored_as_others_are(self, poster, product):
        message = thin("created", created=objects.NOW, snapshot_event="evt_twin")
        assert poster.event(message) == 200
        event = rows("Event").get()
        assert (event.pk, event.kind, event.status) == (
            message["id"],
            "v1.product.created",
            "processed",
        )
        assert event.message == message
        assert event.created.timestamp() == objects.NOW
        assert (event.object_type, event.object_id) == ("product", "prod_1")
        assert (event.livemode, event.account, event.snapshot_event) == (False, None, "evt_twin")
        assert event.request == {"id": "req_1", "idempotency_key": "key_1"}

    def test_customer_of_a_customers_event_is_linked(self, poster, stripe_api):
        stripe_api.create("customers", {"id": "cus_1"})
        assert poster.event(objects.thin_event("v1.customer.created", "customer", "cus_1")) == 200
        assert rows("Event").get().customer == rows("Customer").get()

    def test_endpoint_verifies_it_with_its_own_secret(self, poster, product):
        row = endpoints.endpoint()
        poster.path = endpoints.path(row)
        body = objects.body(thin())
        assert poster.signed(body) == 400
        assert poster.signed(body, endpoints.SECRET) == 200
        assert rows("Event").get().webhook_endpoint == row

    def test_ping_needs_no_answer_of_the_api(self, poster, stripe_api):
        stripe_api.down()
        kind = "v2.core.event_destination"
        assert poster.event(objects.thin_event(f"{kind}.ping", kind, "ed_1")) == 200
        assert rows("Event").get().status == "processed"

    def test_event_of_the_other_mode_is_ignored(self, poster, product):
        assert poster.event(thin(livemode=True)) == 200
        assert rows("Event").get().status == "ignored"
        assert not rows("Product").exists()


class TestObject:
    def test_object_is_read_and_written_as_a_read(self, poster, stripe_api, product):
        assert poster.event(thin()) == 200
        row = rows("Product").get()
        assert row.stripe_data == stripe_api.objects["products"]["prod_1"]
        assert row.fetched_at is not None
        assert row.read_by == conf.api_key_fingerprint()
        assert reads(stripe_api) == ["/v1/products/prod_1"]

    def test_object_of_api_v2_is_read_and_mirrored(self, poster, stripe_api):
        data = {
            "id": "acct_9",
            "object": "v2.core.account",
            "created": "2026-10-01T00:00:00.000Z",
            "livemode": False,
        }
        with stripe_api.acting_for(None) as account:
            account.v2_accounts["acct_9"] = data
        kind = "v2.core.account[identity].updated"
        assert poster.event(objects.thin_event(kind, "v2.core.account", "acct_9")) == 200
        row = rows("StripeObject").get()
        assert (row.pk, row.stripe_data) == ("v2.core.account/acct_9", data)
        assert row.created.isoformat() == "2026-10-01T00:00:00+00:00"
        assert reads(stripe_api) == ["/v2/core/accounts/acct_9"]

    def test_object_of_api_v2_that_is_gone_is_deleted(self, poster, stripe_api):
        kind = "v2.core.account.deleted"
        assert poster.event(objects.thin_event(kind, "v2.core.account", "acct_9")) == 200
        assert rows("StripeObject").get().is_deleted

    def test_address_in_the_body_is_not_asked(self, poster, stripe_api, product):
        message = thin()
        message["related_object"]["url"] = "https://evil.example/v1/products/prod_2"
        assert poster.event(message) == 200
        assert reads(stripe_api) == ["/v1/products/prod_1"]

    def test_classes_are_given_the_object_and_what_stripe_sent(self, poster, product, note):
        seen = []

        class Given(BaseWebhook):
            name = "product.updated"

            def process_webhook(self):
                seen.append((self.event.message, self.event.stripe_object))

        message = thin()
        assert poster.event(message) == 200
        assert seen == [(message, product)]

    def test_several_classes_share_one_read(self, poster, stripe_api, product, note):
        first, second = note("product"), note("*")
        assert poster.event(thin()) == 200
        assert (first.seen, second.seen) == (["v1.product.updated"], ["v1.product.updated"])
        assert len(reads(stripe_api)) == 1

    def test_class_that_changes_its_object_changes_no_others(self, poster, product, own_registry):
        names = []

        def process_webhook(self):
            names.append(self.event.stripe_object.pop("name"))

        for each in ("First", "Second"):
            type(each, (BaseWebhook,), {"name": "product", "process_webhook": process_webhook})
        assert poster.event(thin()) == 200
        assert names == ["Gold", "Gold"]

    def test_object_read_later_than_the_row_is_written_over_it(self, poster, stripe_api, product):
        for name in ("Silver", "Bronze"):
            stripe_api.offset += 60
            stripe_api.change("products", "prod_1", {"name": name})
            assert poster.event(thin()) == 200
            assert rows("Product").get().name == name

    def test_repeated_event_reads_nothing(self, poster, stripe_api, product):
        message = thin()
        assert [poster.event(message), poster.event(message)] == [200, 200]
        assert len(reads(stripe_api)) == 1
        assert rows("Event").count() == 1

    def test_kind_that_is_not_mirrored_is_not_read(self, poster, stripe_api, product, settings):
        mirror = {"product": False}
        settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "MIRROR": mirror}
        assert poster.event(thin()) == 200
        assert reads(stripe_api) == []
        assert not rows("Product").exists()

    def test_connected_accounts_object_is_read_as_that_account(self, poster, stripe_api):
        with stripe_api.acting_for("acct_1"):
            stripe_api.create("products", {"id": "prod_1", "name": "Theirs"})
        assert poster.event(thin(account="acct_1")) == 200
        assert [each.account for each in stripe_api.requests] == ["acct_1"]
        row = rows("Product").get()
        assert (row.pk, row.account, row.name) == ("acct_1/prod_1", "acct_1", "Theirs")

    def test_context_of_an_organization_ends_with_the_account(self, poster, stripe_api):
        with stripe_api.acting_for("acct_1"):
            stripe_api.create("products", {"id": "prod_1"})
        assert poster.event(thin(account="org_1/acct_1")) == 200
        assert rows("Event").get().account == "acct_1"


class TestDeleted:
    def test_deletion_makes_a_tombstone_and_keeps_the_data(self, poster, stripe_api, product):
        assert poster.event(thin("created")) == 200
        stripe_api.offset += 60
        stripe_api.delete("products", "prod_1")
        assert poster.event(thin("deleted")) == 200
        row = rows("Product").get()
        assert (row.is_deleted, row.name, row.stripe_data) == (True, "Gold", product)

    def test_deletion_without_a_row_makes_a_tombstone(self, poster, stripe_api, noting):
        assert poster.event(thin("deleted")) == 200
        assert rows("Product").get().is_deleted
        gone = {"id": "prod_1", "object": "product", "deleted": True}
        assert [data for _, data in noting.seen] == [gone]

    def test_object_not_found_is_left_alone_by_an_update(self, poster, stripe_api, noting):
        """The key may not see it: a row that another source wrote stays."""
        assert poster.event(objects.event("product.created", objects.product())) == 200
        assert poster.event(thin()) == 200
        assert not rows("Product").get().is_deleted
        assert len(noting.seen) == 2

    def test_object_that_this_key_has_read_and_does_not_find_is_deleted(
        self, poster, stripe_api, product
    ):
        assert poster.event(thin()) == 200
        stripe_api.delete("products", "prod_1")
        assert poster.event(thin()) == 200
        assert rows("Product").get().is_deleted

    def test_stub_of_a_deleted_customer_makes_a_tombstone(self, poster, stripe_api):
        stripe_api.create("customers", {"id": "cus_1"})
        stripe_api.delete("customers", "cus_1")
        assert poster.event(objects.thin_event("v1.customer.updated", "customer", "cus_1")) == 200
        assert rows("Customer").get().is_deleted


class TestWithoutAnAnswer:
    def test_event_is_kept_and_sent_again(self, poster, stripe_api, product, noting):
        message = thin()
        stripe_api.fail_with(503)
        assert poster.event(message) == 500
        event = rows("Event").get()
        assert (event.status, "gave no answer about product prod_1" in event.error) == (
            "failed",
            True,
        )
        assert (noting.seen, rows("Product").count()) == ([], 0)
        stripe_api.fail_with(None)
        assert poster.event(message) == 200
        assert rows("Event").get().status == "processed"
        assert (len(noting.seen), rows("Product").get().name) == (1, "Gold")

    def test_api_is_asked_once_for_all_classes(self, poster, stripe_api, note):
        note("product"), note("*")
        stripe_api.fail_with(503)
        assert poster.event(thin()) == 500
        assert len(stripe_api.requests) == 1

    def test_worker_of_a_queue_tries_again(self, poster, stripe_api, product, own_queue):
        stripe_api.fail_with(503)
        message = thin()
        assert poster.event(message) == 200
        with pytest.raises(WebhookFailed):
            process(message["id"])
        stripe_api.fail_with(None)
        process(message["id"])
        assert rows("Event").get().status == "processed"
        assert rows("Product").get().name == "Gold"

    def test_replay_reads_the_object(self, poster, stripe_api, product):
        stripe_api.fail_with(503)
        assert poster.event(thin()) == 500
        stripe_api.fail_with(None)
        call_command("stripe_replay", "--type", "product", stdout=io.StringIO())
        assert rows("Event").get().status == "processed"
        assert rows("Product").get().name == "Gold"

    def test_class_that_failed_is_given_the_object_again(self, poster, product, failing):
        message = thin()
        assert poster.event(message) == 500
        assert rows("Product").get().name == "Gold"
        failing.fails = False
        assert poster.event(message) == 200


class TestNames:
    def test_class_of_the_twins_name_runs(self, poster, product, note):
        of_twin, of_thin, of_all, other = (
            note("product.updated"),
            note("v1.product.updated"),
            note("v1"),
            note("product.created", "v2", "v1.price"),
        )
        assert poster.event(thin()) == 200
        kind = ["v1.product.updated"]
        assert [of_twin.seen, of_thin.seen, of_all.seen, other.seen] == [kind, kind, kind, []]

    @pytest.mark.parametrize(
        ("name", "runs"),
        [
            ("v2.core.account[identity].updated", True),
            ("v2.core.account[identity]", True),
            ("v2.core.account", True),
            ("v2.core", True),
            ("v2.core.account[defaults].updated", False),
            ("v2.core.accoun", False),
            ("v2.core.account[iden", False),
            ("core.account", False),
        ],
    )
    def test_name_with_brackets_is_matched_to_the_letter(
        self, poster, stripe_api, note, name, runs
    ):
        kind = "v2.core.account[identity].updated"
        webhook = note(name)
        assert poster.event(objects.thin_event(kind, "v2.core.unheard_of", "x_1")) == 200
        assert webhook.seen == [kind] * runs

    def test_of_type_finds_thin_events_too(self, poster, product):
        kinds = ["v1.product.updated", "v2.core.account[identity].updated", "v1.price.created"]
        for kind in kinds:
            assert poster.event(objects.thin_event(kind, "unheard_of", "x_1")) == 200
        found = [
            list(rows("Event").of_type(name).values_list("kind", flat=True))
            for name in ("product", "v2.core.account", "price.created")
        ]
        assert found == [[kind] for kind in kinds]


ODD = {
    "no related object": {"related_object": None},
    "related object is text": {"related_object": "prod_1"},
    "related object is a list": {"related_object": ["prod_1"]},
    "no id": {"related_object": {"type": "balance", "url": "/v1/balance"}},
    "no type": {"related_object": {"id": "prod_1"}},
    "id is no text": {"related_object": {"id": ["prod_1"], "type": "product"}},
    "id leads elsewhere": {"related_object": {"id": "../x", "type": "product"}},
    "id is a path": {"related_object": {"id": "..", "type": "product"}},
    "id with a query": {"related_object": {"id": "x?expand[]=y#z", "type": "product"}},
    "endless id": {"related_object": {"id": "p" * 5000, "type": "product"}},
    "NUL in the id": {"related_object": {"id": "p\0", "type": "product"}},
    "unknown type": {"related_object": {"id": "x_1", "type": "v2.unheard.of"}},
    "type is no name": {"related_object": {"id": "x_1", "type": "../products"}},
    "type is no text": {"related_object": {"id": "x_1", "type": {"a": 1}}},
    "endless type": {"related_object": {"id": "x_1", "type": "p" * 5000}},
    "below an unknown customer": {"related_object": {"id": "card_1", "type": "card"}},
    "below an unknown object": {"related_object": {"id": "trr_1", "type": "transfer_reversal"}},
    "context is a list": {"context": ["acct_1"]},
    "context is empty": {"context": ""},
    "context ends with a slash": {"context": "org_1/"},
    "context is endless": {"context": "acct_" + "x" * 5000},
    "twin is no text": {"snapshot_event": {"a": 1}},
    "twin is endless": {"snapshot_event": "evt_" + "x" * 5000},
    "twin is the event itself": {"snapshot_event": "evt_same", "id": "evt_same"},
    "reason is text": {"reason": "request"},
    "changes are large": {"changes": {"before": "x" * 300_000}},
    "data without an object": {"data": {"developer_message": "x"}},
    "no mode": {"livemode": None},
    "kind is endless": {"type": "v1." + "a" * 3000},
    "nanoseconds": {"created": "2026-10-01T00:00:00.123456789Z"},
    "another zone": {"created": "2026-10-01T02:00:00+02:00"},
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_odd_thin_event_is_stored_whole(poster, stripe_api, product, odd):
    message = {**thin(), **odd}
    assert poster.event(message) == 200
    event = rows("Event").get()
    assert (event.body, event.status) == (json.dumps(message), "processed")
    assert all(path.startswith("/v1/products/") for path in reads(stripe_api))
    assert all("/../" not in path and path.count("/") == 3 for path in reads(stripe_api))


@pytest.mark.parametrize(
    "created",
    [
        None,
        "",
        "x",
        "2026-10-01",
        "2026-10-01T00:00:00",
        "2026-13-41T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:00",
        "1950-01-01T00:00:00Z",
        "2" * 100_000,
        2**70,
        1.5,
        ["2026-10-01T00:00:00Z"],
    ],
    ids=lambda created: str(created)[:30],
)
def test_thin_event_at_no_real_time_is_refused(poster, product, created):
    assert poster.event({**thin(), "created": created}) == 400
    assert not rows("Event").exists()


class TestAccounts:
    def test_event_of_another_account_than_the_endpoints_is_refused(self, poster, stripe_api):
        row = endpoints.endpoint(account="acct_1")
        poster.path = endpoints.path(row)
        for account, status in (("acct_2", 400), ("org_1/acct_2", 400), ("acct_1", 200)):
            body = objects.body(thin(account=account))
            assert poster.signed(body, endpoints.SECRET) == status
        assert [event.account for event in rows("Event").all()] == ["acct_1"]

    def test_event_of_one_account_leaves_anothers_row_alone(self, poster, stripe_api):
        ours = objects.customer("cus_1", name="Ours")
        assert poster.event(objects.event("customer.created", ours)) == 200
        with stripe_api.acting_for("acct_1"):
            stripe_api.create("customers", {"id": "cus_1", "name": "Forged"})
        forged = objects.thin_event("v1.customer.updated", "customer", "cus_1", account="acct_1")
        assert poster.event(forged) == 200
        deleted = objects.thin_event("v1.customer.deleted", "customer", "cus_1", account="acct_2")
        assert poster.event(deleted) == 200
        row = rows("Customer").get()
        assert (row.name, row.account, row.is_deleted) == ("Ours", None, False)


class TestUnsigned:
    """What nobody signed is confirmed by the API's list of thin events."""

    @pytest.fixture
    def message(self, stripe_api, product):
        message = thin()
        stripe_api.current.thin_events[message["id"]] = {**message, "data": {"more": 1}}
        return message

    def test_event_that_the_api_has_is_processed_as_the_api_has_it(self, message):
        event = StripeWebhook.process_webhook(message)
        assert (event.status, event.message["data"]) == ("processed", {"more": 1})
        assert rows("Product").get().name == "Gold"

    @pytest.mark.parametrize(
        "forged",
        [
            {"id": "evt_other"},
            {"type": "v1.product.deleted"},
            {"created": "2026-01-01T00:00:00Z"},
            {"related_object": {"id": "prod_2", "type": "product"}},
            {"context": "acct_1"},
        ],
        ids=str,
    )
    def test_event_that_the_api_has_otherwise_is_refused(self, message, forged):
        with pytest.raises(PayloadNotConfirmed):
            StripeWebhook.process_webhook({**message, **forged})
        assert not rows("Event").exists()

    def test_endpoint_that_retrieves_events_takes_it(self, poster, message):
        row = endpoints.endpoint(validation_method="retrieve_event")
        poster.path = endpoints.path(row)
        assert poster.signed(objects.body(message), "whsec_wrong") == 200
        assert rows("Event").get().status == "processed"

    def test_refused_request_is_validated_and_processed_later(self, poster, message):
        assert poster.signed(objects.body(message), "whsec_wrong") == 400
        trigger = endpoints.triggers().get()
        assert trigger.validate()
        assert trigger.process().status == "processed"
        assert rows("Product").get().name == "Gold"
