"""The verbs that every family has, on each family, and the order of what arrives."""

import copy
import itertools
from dataclasses import dataclass
from typing import Any

import pytest
import stripe

from stripe_integrations import conf
from stripe_integrations.actions import (
    StripeAction,
    StripeCard,
    StripeCoupon,
    StripeCustomer,
    StripePrice,
    StripeProduct,
    StripeSubscription,
)
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db


@dataclass
class Family:
    action: type[StripeAction]
    resource: str
    build: Any
    #: A parameter that can be changed, and its column.
    name: str

    def make(self, api, id, value):
        """Create one at Stripe."""
        if self.resource == "subscriptions" and "cus_1" not in api.objects["customers"]:
            api.create("customers", {"id": "cus_1"})
            api.create("prices", {"id": "price_1"})
        needed = {"customer": "cus_1", "items": [{"price": "price_1"}]}
        more = needed if self.resource == "subscriptions" else {}
        return api.create(self.resource, {"id": id, self.name: value, **more})

    def rows(self):
        return conf.model(self.action.kind.model).objects


FAMILIES = [
    Family(StripeCoupon, "coupons", objects.coupon, "name"),
    Family(StripeCustomer, "customers", objects.customer, "name"),
    Family(StripePrice, "prices", objects.price, "nickname"),
    Family(StripeProduct, "products", objects.product, "name"),
    Family(StripeSubscription, "subscriptions", objects.subscription, "collection_method"),
]
CARDS = Family(StripeCard, "sources", objects.card, "name")


def each(*families):
    return pytest.mark.parametrize("family", families, ids=lambda family: family.resource)


@each(*FAMILIES, CARDS)
class TestEveryFamily:
    def test_sync_writes_the_row_and_returns_it(self, family):
        data = family.build(**{family.name: "a"})
        row = family.action.sync(data)
        assert row == family.rows().get()
        assert (getattr(row, family.name), row.stripe_data) == ("a", data)
        assert family.action.sync(data).version == 1

    def test_soft_delete_keeps_the_row(self, family):
        row = family.action.sync(family.build(**{family.name: "a"}))
        assert family.action.soft_delete(row.pk).is_deleted
        kept = family.rows().get()
        assert (kept.is_deleted, getattr(kept, family.name), kept.version) == (True, "a", 2)
        assert not family.rows().not_deleted().exists()

    def test_soft_delete_without_a_row_returns_none(self, family):
        assert family.action.soft_delete("none") is None

    def test_sync_of_another_kind_raises_value_error(self, family):
        with pytest.raises(ValueError, match=f"takes a {family.action.kind.object}, not a plan"):
            family.action.sync({"id": "x", "object": "plan"})
        assert not family.rows().exists()

    def test_older_event_after_a_newer_one_changes_nothing(self, family, deliver):
        newer = self.message(family, "updated", "new", 60)
        deliver(newer, self.message(family, "updated", "old", 0))
        row = family.rows().get()
        assert (getattr(row, family.name), row.version, row.in_doubt) == ("new", 1, False)
        assert row.as_of == newer["created"]

    def test_older_event_after_a_read_changes_nothing(self, family, deliver, stripe_api):
        if family is CARDS:
            stripe_api.create("customers", {"id": "cus_1"})
            customer = StripeCustomer.retrieve("cus_1")
            row = StripeCard.create(customer, "tok_visa")
        else:
            id = family.make(stripe_api, "x", "new")["id"]
            row = family.action.retrieve(id)
        before = (getattr(row, family.name), row.version)
        old = family.build(row.pk, **{family.name: "old"})
        deliver(objects.event(self.kind(family, "updated"), old, created=row.fetched_at - 3))
        row = family.rows().get()
        assert (getattr(row, family.name), row.version) == before

    def kind(self, family, verb):
        return {
            "sources": "customer.source",
            "subscriptions": "customer.subscription",
        }.get(family.resource, family.action.kind.object) + f".{verb}"

    def message(self, family, verb, value, seconds):
        data = family.build(**{family.name: value})
        return objects.event(self.kind(family, verb), data, created=objects.NOW + seconds)


@each(*FAMILIES)
class TestEveryResource:
    def test_retrieved_object_is_mirrored(self, family, stripe_api):
        family.make(stripe_api, "x", "a")
        row = family.action.retrieve("x")
        assert row == family.rows().get()
        assert (getattr(row, family.name), row.in_doubt, row.livemode) == ("a", False, False)
        assert row.stripe_data == stripe_api.objects[family.resource]["x"]

    def test_unknown_object_raises_and_leaves_no_row(self, family, stripe_api):
        with pytest.raises(stripe.InvalidRequestError) as error:
            family.action.retrieve("none")
        assert (error.value.http_status, error.value.code) == (404, "resource_missing")
        assert not family.rows().exists()

    def test_sync_all_reads_every_page(self, family, stripe_api):
        ids = [f"x{number}" for number in range(201)]
        for id in ids:
            family.make(stripe_api, id, id)
        assert family.action.sync_all() == 201
        assert dict(family.rows().values_list("pk", family.name)) == {id: id for id in ids}
        asked = [request.params.get("starting_after") for request in stripe_api.requests]
        assert asked == [None, "x101", "x1"]

    def test_sync_all_that_fails_on_the_way_passes_the_error_on(self, family, stripe_api):
        family.make(stripe_api, "x", "a")
        stripe_api.fail_with(429)
        with pytest.raises(stripe.RateLimitError):
            family.action.sync_all()
        assert not family.rows().exists()

    def test_id_that_looks_like_a_path_is_quoted(self, family, stripe_api):
        family.make(stripe_api, "a/../b?c#d", "odd")
        row = family.action.retrieve("a/../b?c#d")
        assert (row.pk, getattr(row, family.name)) == ("a/../b?c#d", "odd")
        assert stripe_api.requests[-1].path == f"/v1/{family.resource}/a%2F..%2Fb%3Fc%23d"

    def test_object_of_a_connected_account_is_read_as_that_account(self, family, stripe_api):
        with stripe_api.acting_for("acct_1"):
            family.make(stripe_api, "x", "a")
        row = family.action.retrieve("x", account="acct_1")
        chosen = family.resource in ("coupons", "prices", "products")
        assert (row.pk, row.account) == ("acct_1/x" if chosen else "x", "acct_1")
        assert family.action.sync_all(account="acct_1") == family.rows().count() == 1
        assert {request.account for request in stripe_api.requests} == {"acct_1"}
        assert family.action.soft_delete("x", account="acct_1").is_deleted

    def test_the_other_account_has_a_row_of_its_own(self, family, stripe_api):
        if not family.action.model().stripe_chosen_ids:
            assert family.action.sync(family.build("x"), account="acct_1").pk == "x"
            return
        for account in (None, "acct_1", "acct_2"):
            family.action.sync(family.build("x"), account=account)
        assert family.action.soft_delete("x", account="acct_1").is_deleted
        alive = family.rows().not_deleted().values_list("pk", "account")
        assert set(alive) == {("x", None), ("acct_2/x", "acct_2")}

    def test_events_in_every_order_end_at_what_stripe_has(self, family, stripe_api, deliver):
        if family.resource == "subscriptions":
            stripe_api.create("customers", {"id": "cus_1"})
            stripe_api.create("prices", {"id": "price_1"})
        stripe_api.events.clear()
        family.make(stripe_api, "x", "a")
        for value in ("b", "c"):
            stripe_api.offset += 10
            stripe_api.change(family.resource, "x", {family.name: value})
        if family.resource != "prices":
            stripe_api.offset += 10
            stripe_api.delete(family.resource, "x")
        messages = list(stripe_api.events.values())
        gone = family.resource not in ("prices", "subscriptions")
        for number, order in enumerate(itertools.permutations(messages)):
            for message in copy.deepcopy(order):
                message["id"] += f"n{number}"
                message["data"]["object"]["id"] = f"x{number}"
                deliver(message)
            row = family.rows().get(pk=f"x{number}")
            kinds = [message["type"] for message in order]
            assert (getattr(row, family.name), row.is_deleted) == ("c", gone), kinds
            assert row.as_of == messages[-1]["created"], kinds
