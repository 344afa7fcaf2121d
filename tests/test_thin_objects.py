"""The object of a thin event that the API does not find by the id in the event alone."""

import logging

import pytest

from stripe_integrations import conf
from stripe_integrations.actions import find
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNT = "acct_1"
#: Type of a snapshot event -> its object, and what its thin twin says of that: type and id.
BY_TWIN = {
    "account.external_account.created": (
        {"id": "ba_1", "object": "bank_account", "account": ACCOUNT, "last4": "6789"},
        ("external_account", "ba_1"),
    ),
    "account.external_account.updated": (
        objects.card(customer=None, account=ACCOUNT),
        ("card", "card_1"),
    ),
    "application_fee.refund.updated": (
        {"id": "fr_1", "object": "fee_refund", "fee": "fee_1", "created": objects.NOW},
        ("fee_refund", "fr_1"),
    ),
    "capability.updated": (
        {"id": "transfers", "object": "capability", "account": ACCOUNT, "status": "active"},
        ("capability", "transfers"),
    ),
    "customer.discount.created": (
        {"id": "di_1", "object": "discount", "customer": "cus_1", "start": objects.NOW},
        ("discount", None),
    ),
    "customer_cash_balance_transaction.created": (
        {
            "id": "ccsbtxn_1",
            "object": "customer_cash_balance_transaction",
            "created": objects.NOW,
            "customer": "cus_1",
        },
        ("customer_cash_balance_transaction", "ccsbtxn_1"),
    ),
    "person.updated": (
        {"id": "person_1", "object": "person", "account": ACCOUNT, "created": objects.NOW},
        ("person", "person_1"),
    ),
}
#: Those of them that are below no account, so that the event's account says no path.
BELOW_NO_ACCOUNT = (
    "application_fee.refund.updated",
    "customer.discount.created",
    "customer_cash_balance_transaction.created",
)
#: Thin events that say enough for a path: type, object, and the path that is read.
BY_PATH = {
    "v1.account.external_account.updated": (
        {"id": "ba_1", "object": "bank_account", "account": ACCOUNT, "last4": "6789"},
        "/v1/accounts/acct_1/external_accounts/ba_1",
    ),
    "v1.capability.updated": (
        {"id": "transfers", "object": "capability", "account": ACCOUNT, "status": "active"},
        "/v1/accounts/acct_1/capabilities/transfers",
    ),
    "v1.person.created": (
        {"id": "person_1", "object": "person", "account": ACCOUNT, "created": objects.NOW},
        "/v1/accounts/acct_1/persons/person_1",
    ),
    "v2.core.account_person.created": (
        {"id": "person_1", "object": "v2.core.account_person", "account": ACCOUNT},
        "/v2/core/accounts/acct_1/persons/person_1",
    ),
    "v2.money_management.recipient_verification.created": (
        {"id": "rv_1", "object": "v2.money_management.recipient_verification"},
        "/v2/money_management/recipient_verifications/rv_1",
    ),
    "v2.commerce.product_catalog.imports.succeeded": (
        {"id": "import_1", "object": "v2.commerce.product_catalog_import"},
        "/v2/commerce/product_catalog/imports/import_1",
    ),
}


def rows(name):
    return conf.model(name).objects


def reads(stripe_api):
    return [(each.path, each.account) for each in stripe_api.requests]


def pair(stripe_api, kind, data, about, *, account=None, **values):
    """Let Stripe have a snapshot event, and return its thin twin."""
    snapshot = objects.event(kind, data, **values)
    with stripe_api.acting_for(account):
        stripe_api.events[snapshot["id"]] = snapshot
    thin = objects.thin_event(f"v1.{kind}", *about, account=account, twin=snapshot)
    if about[1] is None:
        del thin["related_object"]["id"]
    return snapshot, thin


class TestByPath:
    @pytest.mark.parametrize("kind", BY_PATH)
    def test_object_below_the_events_account_is_read_there(self, poster, stripe_api, kind):
        data, path = BY_PATH[kind]
        below, id = path.removeprefix("/v1/").removeprefix("/v2/").rsplit("/", 1)
        with stripe_api.acting_for(ACCOUNT) as held:
            held.others[below] = {id: data}
        message = objects.thin_event(kind, data["object"], id, account=ACCOUNT)
        assert poster.event(message) == 200
        assert reads(stripe_api) == [(path, ACCOUNT)]
        assert find(data["object"], id, account=ACCOUNT).stripe_data == data

    def test_account_that_the_events_data_name_is_the_persons(self, poster, stripe_api):
        """The list of thin events has `data`; what is posted has none."""
        data, path = BY_PATH["v2.core.account_person.created"]
        stripe_api.current.others["core/accounts/acct_1/persons"] = {"person_1": data}
        kind = "v2.core.account_person.updated"
        message = objects.thin_event(kind, data["object"], "person_1")
        assert poster.event({**message, "data": {"account_id": ACCOUNT}}) == 200
        assert reads(stripe_api) == [(path, None)]
        assert find(data["object"], "person_1").stripe_data == data

    def test_summary_with_an_id_is_read_as_the_customers_list(self, poster, stripe_api):
        held = {"id": "ent_1", "object": "entitlements.active_entitlement", "lookup_key": "a"}
        stripe_api.current.entitlements["cus_1"] = {"ent_1": held}
        name = "entitlements.active_entitlement_summary"
        assert poster.event(objects.thin_event(f"v1.{name}.updated", name, "cus_1")) == 200
        assert reads(stripe_api) == [("/v1/entitlements/active_entitlements", None)]
        assert [row.stripe_data for row in rows("ActiveEntitlement").all()] == [held]


class TestByTwin:
    @pytest.mark.parametrize(
        ("kind", "account"),
        [(kind, None) for kind in BY_TWIN] + [(kind, "acct_2") for kind in BELOW_NO_ACCOUNT],
    )
    def test_object_is_that_of_the_snapshot_event(self, poster, stripe_api, kind, account):
        data, about = BY_TWIN[kind]
        snapshot, thin = pair(stripe_api, kind, data, about, account=account)
        assert poster.event(thin) == 200
        assert reads(stripe_api) == [(f"/v1/events/{snapshot['id']}", account)]
        row = find(data["object"], data["id"], account=account)
        assert (row.stripe_data, row.account) == (data, account)
        assert rows("Event").get().status == "processed"

    def test_deletion_makes_a_tombstone(self, poster, stripe_api):
        data, about = BY_TWIN["customer.discount.created"]
        for number, verb in enumerate(("created", "deleted")):
            kind, created = f"customer.discount.{verb}", objects.NOW + 60 * number
            assert poster.event(pair(stripe_api, kind, data, about, created=created)[1]) == 200
        row = rows("Discount").get()
        assert (row.is_deleted, row.stripe_data) == (True, data)

    def test_older_object_is_not_written_over_a_newer_one(self, poster, stripe_api):
        data, about = BY_TWIN["customer.discount.created"]
        kind, newer = "customer.discount.updated", {**data, "end": objects.NOW + 9000}
        assert poster.event(objects.event(kind, newer, created=objects.NOW + 60)) == 200
        assert poster.event(pair(stripe_api, kind, data, about)[1]) == 200
        assert rows("Discount").get().stripe_data == newer

    def test_summary_without_an_id_replaces_the_set(self, poster, stripe_api):
        name = "entitlements.active_entitlement_summary"
        held = [
            {"id": f"ent_{number}", "object": "entitlements.active_entitlement"}
            for number in range(3)
        ]
        stripe_api.current.entitlements["cus_1"] = {each["id"]: each for each in held}
        for number, (listed, has_more) in enumerate(([held[:2], False], [held[:1], True])):
            entitlements = {"object": "list", "data": listed, "has_more": has_more}
            data = {"object": name, "customer": "cus_1", "entitlements": entitlements}
            created = objects.NOW + 60 * number
            thin = pair(stripe_api, f"{name}.updated", data, (name, None), created=created)[1]
            assert poster.event(thin) == 200
            active = rows("ActiveEntitlement").filter(deleted_at=None, customer_id="cus_1")
            expected = listed if not has_more else held
            assert {row.pk for row in active} == {each["id"] for each in expected}

    def test_classes_are_given_the_object(self, poster, stripe_api, own_registry):
        seen = []

        class Given(BaseWebhook):
            name = "balance.available"

            def process_webhook(self):
                seen.append(self.event.stripe_object)

        data = {"object": "balance", "available": []}
        thin = pair(stripe_api, "balance.available", data, ("balance", None))[1]
        assert poster.event(thin) == 200
        assert seen == [data]

    def test_event_is_sent_again_where_the_api_gives_no_answer(self, poster, stripe_api):
        data, about = BY_TWIN["customer.discount.created"]
        thin = pair(stripe_api, "customer.discount.created", data, about)[1]
        stripe_api.fail_with(503)
        assert poster.event(thin) == 500
        assert rows("Event").get().status == "failed"
        stripe_api.fail_with(None)
        assert poster.event(thin) == 200
        assert rows("Discount").get().stripe_data == data


#: What the event under the name of the twin is instead.
OTHERS = {
    "is of another account": {"account": "acct_2"},
    "is of another type": {"type": "customer.discount.deleted"},
    "is of the other mode": {"livemode": True},
    "has another id": {"id": "evt_other"},
    "has no object": {"data": {}},
    "has an object of no kind": {"data": {"object": {"id": "di_1"}}},
}


class TestUnreadable:
    """Stored, and said in the log: nothing is mirrored."""

    def thin(self, stripe_api, other):
        data, about = BY_TWIN["customer.discount.created"]
        snapshot, thin = pair(stripe_api, "customer.discount.created", data, about)
        stripe_api.events[snapshot["id"]] = {**snapshot, **other}
        return thin

    def assert_stored(self, poster, message, caplog):
        with caplog.at_level(logging.WARNING, "stripe_integrations"):
            assert poster.event(message) == 200
        event = rows("Event").get()
        assert event.status == "processed"
        assert f"{event.pk}: the object of {event.kind} cannot be read" in caplog.text
        assert not any(rows(name).exists() for name in ("Discount", "Card", "StripeObject"))

    @pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
    def test_twin_that_disagrees_is_not_taken(self, poster, stripe_api, caplog, other):
        self.assert_stored(poster, self.thin(stripe_api, other), caplog)

    def test_twin_of_another_object_is_not_taken(self, poster, stripe_api, caplog):
        data, _about = BY_TWIN["account.external_account.updated"]
        kind = "account.external_account.updated"
        thin = pair(stripe_api, kind, data, ("card", "card_2"))[1]
        self.assert_stored(poster, thin, caplog)

    def test_twin_that_stripe_no_longer_keeps(self, poster, stripe_api, caplog):
        thin = self.thin(stripe_api, {})
        stripe_api.events.clear()
        self.assert_stored(poster, thin, caplog)

    @pytest.mark.parametrize("twin", [None, "../customers/cus_1", "evt_1/../x", "sub_1", "evt_"])
    def test_twin_that_no_event_can_be_is_not_asked_for(self, poster, stripe_api, caplog, twin):
        thin = self.thin(stripe_api, {})
        self.assert_stored(poster, {**thin, "snapshot_event": twin}, caplog)
        assert stripe_api.requests == []

    def test_person_of_an_account_that_nothing_names(self, poster, stripe_api, caplog):
        name = "v2.core.account_person"
        message = objects.thin_event(f"{name}.created", name, "person_1")
        self.assert_stored(poster, message, caplog)
        assert stripe_api.requests == []

    def test_ping_is_no_loss(self, poster, stripe_api, caplog):
        name = "v2.core.event_destination"
        with caplog.at_level(logging.WARNING, "stripe_integrations"):
            assert poster.event(objects.thin_event(f"{name}.ping", name, "ed_1")) == 200
        assert caplog.text == ""
