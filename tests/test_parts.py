"""Objects in a list inside another one: rows that follow their owner's."""

import pytest
from django.db import connection
from django.db.models.signals import post_save, pre_save

from stripe_integrations import conf
from stripe_integrations.actions import StripeSubscription
from stripe_integrations.signals import mirror_changed
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["statements", "instances"])
def way(request):
    """Write by statements, and through instances, since somebody listens."""

    def hear(**_kwargs):
        """Be there."""

    models = [conf.model(name) for name in ("SubscriptionItem", "InvoiceLineItem")]
    if request.param == "instances":
        for model in models:
            mirror_changed.connect(hear, sender=model)
    yield request.param
    for model in models:
        mirror_changed.disconnect(hear, sender=model)


def item(id, **values):
    (made,) = objects.subscription()["items"]["data"]
    return {**made, "id": id, **values}


def event(verb, *items, at=0, has_more=False, **values):
    found = {"object": "list", "data": list(items), "has_more": has_more}
    data = objects.subscription(items=found, **values)
    name = f"customer.subscription.{verb}"
    return objects.event(name, data, id=f"evt_{verb}_{at}", created=objects.NOW - 1000 + at)


def items(**filters):
    rows = conf.model("SubscriptionItem").objects.filter(**filters).order_by("pk")
    return {row.pk: (row.quantity, row.is_deleted) for row in rows}


def test_list_is_replaced_with_its_owner(way, deliver):
    deliver(event("created", item("si_1"), item("si_2", quantity=3)))
    assert items() == {"si_1": (1, False), "si_2": (3, False)}
    assert items(subscription="sub_1", price="price_1") == items()
    deliver(event("updated", item("si_2", quantity=4), item("si_3"), at=100))
    assert items() == {"si_1": (1, True), "si_2": (4, False), "si_3": (1, False)}
    deliver(event("updated", item("si_1", quantity=9), at=200))
    assert items() == {"si_1": (9, False), "si_2": (4, True), "si_3": (1, True)}


@pytest.fixture
def connected():
    """Return a function that lets receivers hear of a signal about items until the test ends."""
    model, made = conf.model("SubscriptionItem"), []

    def connect(signal, receiver):
        signal.connect(receiver, sender=model)
        made.append((signal, receiver))

    yield connect
    for signal, receiver in made:
        signal.disconnect(receiver, sender=model)


def test_receiver_of_saves_is_told_what_is_written(connected, deliver):
    told = []

    def note(instance, created, update_fields, **_kwargs):
        told.append((created, instance.version, update_fields))

    connected(post_save, note)
    deliver(event("created", item("si_1")), event("updated", item("si_1", quantity=2), at=100))
    deliver(event("updated", at=200))
    assert [(created, version) for created, version, _ in told] == [
        (True, 1),
        (False, 2),
        (False, 3),
    ]
    assert told[0][2] is None
    assert {"quantity", "stripe_data"} <= told[1][2]
    assert told[2][2] == {"deleted_at"}


swapped = pytest.mark.skipif(
    not hasattr(conf.model("SubscriptionItem"), "ours"), reason="make test-swapped runs it"
)


@swapped
def test_column_of_the_projects_own_is_kept(way, deliver):
    deliver(event("created", item("si_1")))
    model = conf.model("SubscriptionItem")
    model.objects.update(ours=True)
    deliver(event("updated", item("si_1", quantity=2), item("si_2"), at=100))
    assert set(model.objects.values_list("pk", "quantity", "ours")) == {
        ("si_1", 2, True),
        ("si_2", 1, False),
    }
    deliver(event("updated", item("si_1", ours=False), at=200))
    assert model.objects.get(pk="si_1").ours is False


@swapped
def test_column_of_the_projects_own_that_changes_meanwhile_is_kept(connected, deliver):
    deliver(event("created", item("si_1")))
    model = conf.model("SubscriptionItem")
    connected(pre_save, lambda **_kwargs: model.objects.update(ours=True))
    deliver(event("updated", item("si_1", quantity=2), at=100))
    row = model.objects.get()
    assert (row.quantity, row.ours) == (2, True)


def test_attribute_that_is_gone_becomes_null(way, deliver):
    deliver(event("created", item("si_1", quantity=2)))
    bare = {"id": "si_1", "object": "subscription_item"}
    deliver(event("updated", bare, at=100))
    row = conf.model("SubscriptionItem").objects.get()
    assert (row.quantity, row.price_id, row.subscription_id) == (None, None, "sub_1")


def test_older_event_changes_no_part(way, deliver):
    deliver(event("updated", item("si_1", quantity=2), at=500))
    deliver(event("created", item("si_1", quantity=1), item("si_0")))
    assert items() == {"si_1": (2, False)}


def of(account, message):
    """Let an event of a connected account name a part in a subscription of its own."""
    message["data"]["object"]["id"] = f"sub_{account}"
    return {**message, "id": f"{message['id']}_{account}", "account": account}


@pytest.mark.parametrize(
    ("first", "second", "owner"),
    [
        (None, "acct_x", None),
        ("acct_y", "acct_x", "acct_y"),
        ("acct_x", None, None),
    ],
)
def test_part_that_two_accounts_name_is_ours_or_the_first_ones(
    way, deliver, stripe_api, first, second, owner
):
    stripe_api.down()
    quantities = {first: 1, second: 7}
    for at, account in enumerate((first, second)):
        message = event("created", item("si_1", quantity=quantities[account]), at=at * 100)
        deliver(of(account, message) if account else message)
    row = conf.model("SubscriptionItem").objects.get()
    assert (row.account, row.quantity) == (owner, quantities[owner])
    assert row.subscription_id == (f"sub_{owner}" if owner else "sub_1")
    assert conf.model("Subscription").objects.count() == 2


def test_part_that_the_api_shows_in_an_account_is_moved_to_it(way, deliver, stripe_api):
    deliver(of("acct_x", event("created", item("si_1"))))
    listed = {"object": "list", "data": [item("si_1")], "has_more": False}
    with stripe_api.acting_for("acct_y") as held:
        held.objects["subscriptions"]["sub_y"] = objects.subscription("sub_y", items=listed)
    StripeSubscription.retrieve("sub_y", account="acct_y")
    row = conf.model("SubscriptionItem").objects.get()
    assert (row.account, row.subscription_id) == ("acct_y", "sub_y")


def test_owner_without_the_list_leaves_parts_alone(way, deliver):
    deliver(event("created", item("si_1")))
    message = event("updated", at=100)
    del message["data"]["object"]["items"]
    deliver(message)
    assert items() == {"si_1": (1, False)}


@pytest.mark.parametrize("odd", [None, 5, "si_1", {}, {"id": None}, {"id": ["si_1"]}, []])
def test_part_without_an_id_is_left_out(way, deliver, odd):
    deliver(event("created", odd, item("si_2")))
    assert items() == {"si_2": (1, False)}


def test_list_that_goes_on_is_read_to_its_end(deliver, stripe_api):
    whole = [item(f"si_{number:02}") for number in range(12)]
    data = {"object": "list", "data": whole, "has_more": False}
    stripe_api.objects["subscriptions"]["sub_1"] = objects.subscription(items=data)
    deliver(event("created", *whole[:10], has_more=True))
    assert len(items()) == 12


def test_list_that_goes_on_of_an_older_event_is_not_read(deliver, stripe_api):
    deliver(event("updated", item("si_1", quantity=2), at=500))
    deliver(event("created", item("si_1"), item("si_0"), has_more=True))
    assert stripe_api.requests == []
    assert items() == {"si_1": (2, False)}


def test_read_of_the_owner_replaces_its_parts(way, deliver, stripe_api):
    deliver(event("created", item("si_1")))
    data = {"object": "list", "data": [item("si_9")], "has_more": False}
    stripe_api.objects["subscriptions"]["sub_1"] = objects.subscription(items=data)
    StripeSubscription.retrieve("sub_1")
    assert items() == {"si_1": (1, True), "si_9": (1, False)}


class TestInvoices:
    def event(self, verb, *lines, at=0):
        data = {
            "id": "in_1",
            "object": "invoice",
            "customer": "cus_1",
            "lines": {"object": "list", "data": list(lines), "has_more": False},
        }
        return objects.event(
            f"invoice.{verb}", data, id=f"evt_{at}", created=objects.NOW - 1000 + at
        )

    def test_lines_of_a_deleted_draft_are_deleted(self, way, deliver):
        line = {"id": "il_1", "object": "line_item", "amount": 5, "currency": "eur"}
        deliver(self.event("created", line))
        row = conf.model("InvoiceLineItem").objects.get()
        assert (row.invoice_id, row.amount, row.is_deleted) == ("in_1", 5, False)
        deliver(self.event("deleted", line, at=100))
        assert conf.model("InvoiceLineItem").objects.get().is_deleted


class TestEntitlements:
    NAME = "entitlements.active_entitlement_summary"

    def event(self, *keys, at=0, has_more=False):
        found = [
            {
                "id": f"ent_{key}",
                "object": "entitlements.active_entitlement",
                "feature": f"feat_{key}",
                "livemode": False,
                "lookup_key": key,
            }
            for key in keys
        ]
        data = {
            "object": self.NAME,
            "customer": "cus_1",
            "entitlements": {"object": "list", "data": found, "has_more": has_more},
            "livemode": False,
        }
        created = objects.NOW - 1000 + at
        return objects.event(f"{self.NAME}.updated", data, id=f"evt_{at}", created=created)

    def active(self):
        rows = conf.model("ActiveEntitlement").objects.not_deleted().order_by("pk")
        return [(row.customer_id, row.lookup_key) for row in rows]

    def test_set_of_a_customer_is_replaced(self, deliver):
        deliver(self.event("a", "b"))
        assert self.active() == [("cus_1", "a"), ("cus_1", "b")]
        deliver(self.event("b", "c", at=100))
        assert self.active() == [("cus_1", "b"), ("cus_1", "c")]
        deliver(self.event(at=200))
        assert self.active() == []

    def test_list_that_goes_on_is_read_to_its_end(self, deliver, stripe_api):
        whole = self.event("a", "b", "c")["data"]["object"]["entitlements"]["data"]
        stripe_api.current.entitlements["cus_1"] = {each["id"]: each for each in whole}
        deliver(self.event("a", has_more=True))
        assert self.active() == [("cus_1", "a"), ("cus_1", "b"), ("cus_1", "c")]

    def test_list_that_the_api_does_not_tell_deletes_nothing(self, deliver, stripe_api):
        deliver(self.event("a", "b"))
        stripe_api.down()
        deliver(self.event("b", at=100, has_more=True))
        assert self.active() == [("cus_1", "a"), ("cus_1", "b")]
        assert conf.model("StripeObject").objects.get(kind=self.NAME).in_doubt

    def test_late_summary_changes_nothing(self, deliver):
        deliver(self.event("new", at=100))
        deliver(self.event("old"))
        assert self.active() == [("cus_1", "new")]


def test_parts_take_no_round_trip_of_their_own(deliver, django_assert_num_queries):
    deliver(event("created", item("si_1")))
    if connection.vendor == "postgresql":
        with django_assert_num_queries(1):
            deliver(event("updated", item("si_1", quantity=2), at=100))
    assert items()


@pytest.mark.parametrize(
    ("left_out", "model"),
    [
        ("subscription_item", "SubscriptionItem"),
        ("entitlements.active_entitlement", "ActiveEntitlement"),
    ],
)
def test_parts_that_mirror_leaves_out_have_no_rows(way, deliver, settings, left_out, model):
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "MIRROR": {left_out: False}}
    deliver(event("created", item("si_1")), TestEntitlements().event("a"))
    assert not conf.model(model).objects.exists()
    assert conf.model("Subscription").objects.exists()
    assert conf.model("StripeObject").objects.exists()
