"""Objects of kinds without a model of their own are mirrored in StripeObject, by the same rule."""

import pytest
from django.core.management import CommandError, call_command

from stripe_integrations import conf, kinds
from stripe_integrations.actions import StripeProduct, find
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook, MirrorWebhook

pytestmark = pytest.mark.django_db(transaction=True)

LATER = objects.NOW + 60


def topup(id="tu_1", **values):
    return objects.build("topup", id, **{"amount": 100, "status": "pending", **values})


def rows():
    return conf.model("StripeObject").objects


def keys():
    return list(rows().order_by("pk").values_list("pk", flat=True))


class TestRow:
    def test_holds_the_object(self, poster):
        assert poster.event(objects.event("topup.created", topup())) == 200
        row = rows().get()
        assert (row.pk, row.kind, row.stripe_id) == ("topup/tu_1", "topup", "tu_1")
        assert (row.account, row.livemode, row.created.timestamp()) == (None, False, objects.NOW)
        assert row.stripe_data == topup()
        assert conf.model("Event").objects.get().status == "processed"

    def test_newer_event_is_written_over_it(self, poster):
        poster.event(objects.event("topup.created", topup()))
        poster.event(objects.event("topup.updated", topup(status="paid"), created=LATER))
        row = rows().get()
        assert (row.version, row.stripe_data["status"]) == (2, "paid")

    def test_older_event_is_left_out(self, deliver):
        deliver(
            objects.event("topup.updated", topup(status="paid"), created=LATER),
            objects.event("topup.created", topup()),
        )
        assert rows().get().stripe_data["status"] == "paid"

    def test_deletion_leaves_a_tombstone(self, deliver):
        deliver(
            objects.event("terminal.reader.created", objects.build("terminal.reader", "tmr_1")),
            objects.event(
                "terminal.reader.deleted",
                {"id": "tmr_1", "object": "terminal.reader", "deleted": True},
                created=LATER,
            ),
        )
        row = rows().get()
        assert row.is_deleted
        assert row.stripe_data["metadata"] == {}

    def test_kinds_and_accounts_with_one_id_have_rows_of_their_own(self, deliver):
        for name in ("person", "v2.core.account_person"):
            data = objects.build(name, "person_1")
            deliver(objects.event("person.updated", data))
            deliver(objects.event("person.updated", data, account="acct_1"))
        assert keys() == [
            "acct_1/person/person_1",
            "acct_1/v2.core.account_person/person_1",
            "person/person_1",
            "v2.core.account_person/person_1",
        ]
        assert {row.stripe_id for row in rows().all()} == {"person_1"}

    @pytest.mark.parametrize(
        "data",
        [
            {"object": "balance", "livemode": False},
            {"object": "invoice", "id": None, "customer": "cus_1"},
            {"object": "entitlements.active_entitlement_summary", "customer": None},
            {"object": "topup", "id": 5},
            {"object": "topup", "id": "x" * 252},
            {"object": "topup", "id": ""},
            {"object": "x" * 300, "id": "a"},
            {"object": "no name", "id": "a"},
            {"object": ["topup"], "id": "a"},
            {"object": None, "id": "a"},
            {"id": "a"},
            {},
        ],
    )
    def test_object_without_a_key_leaves_none(self, poster, data):
        assert poster.event(objects.event("anything.new", data)) == 200
        assert keys() == []
        assert conf.model("Event").objects.get().status == "processed"


class TestDoubt:
    def events(self):
        return (
            objects.event("topup.updated", topup(status="paid", n=1)),
            objects.event("topup.updated", topup(status="failed", n=2)),
        )

    def test_is_settled_by_the_api(self, deliver, stripe_api):
        stripe_api.objects["topups"]["tu_1"] = topup(status="canceled")
        deliver(*self.events())
        row = rows().get()
        assert (row.stripe_data["status"], row.in_doubt) == ("canceled", False)
        assert [each.path for each in stripe_api.requests] == ["/v1/topups/tu_1"]

    def test_later_arrival_stands_where_the_api_is_down(self, deliver, stripe_api):
        stripe_api.down()
        deliver(*self.events())
        row = rows().get()
        assert (row.stripe_data["status"], row.in_doubt) == ("failed", True)
        stripe_api.reset()
        stripe_api.objects["topups"]["tu_1"] = topup(status="canceled")
        call_command("stripe_verify", "--doubtful")
        row = rows().get()
        assert (row.stripe_data["status"], row.in_doubt) == ("canceled", False)

    def test_kind_that_nobody_knows_is_not_read(self, deliver, stripe_api):
        for message in self.events():
            message["data"]["object"]["object"] = "v9.flux"
            deliver(message)
        row = rows().get()
        assert (row.stripe_data["status"], row.in_doubt) == ("failed", True)
        assert stripe_api.requests == []
        call_command("stripe_verify", "--doubtful")  # nothing can settle it

    def test_object_below_another_is_found_there(self, deliver, stripe_api):
        for n in (1, 2):
            data = objects.build("transfer_reversal", "trr_1", transfer="tr_1", n=n)
            deliver(objects.event("transfer.updated", data))
        assert stripe_api.requests[-1].path == "/v1/transfers/tr_1/reversals/trr_1"

    def test_object_that_does_not_say_below_which_is_not_read(self, deliver, stripe_api):
        for n in (1, 2):
            deliver(objects.event("transfer.updated", objects.bare("transfer_reversal", n=n)))
        assert stripe_api.requests == []
        assert rows().get().in_doubt

    def test_policy_and_open_lists_of_kinds_that_cannot_be_read(self, deliver, settings):
        settings.STRIPE_INTEGRATIONS = {
            **settings.STRIPE_INTEGRATIONS,
            "SYNC_POLICY": {"*": "fetch"},
        }
        data = objects.build("v9.flux", parts={"object": "list", "data": [], "has_more": True})
        deliver(objects.event("v9.flux.created", data))
        assert not rows().get().in_doubt


class TestFind:
    def test_row_of_any_kind(self, deliver):
        deliver(
            objects.event("topup.created", topup()),
            objects.event("product.created", objects.product("gold")),
            objects.event("product.created", objects.product("gold"), account="acct_1"),
        )
        assert find("topup", "tu_1") == rows().get()
        products = conf.model("Product").objects
        assert find("product", "gold") == products.get(account=None)
        assert find("product", "gold", account="acct_1") == products.get(account="acct_1")

    @pytest.mark.parametrize(
        "given",
        [("topup", "tu_2"), ("payout", "tu_1"), ("", "tu_1"), ("topup", None), ("a b", "tu_1")],
    )
    def test_none_without_a_row(self, deliver, given):
        deliver(objects.event("topup.created", topup()))
        assert find(*given) is None

    def test_is_of_the_events_account_within_a_class(self, deliver, own_registry):
        found = []

        class Finding(BaseWebhook):
            name = "topup"

            def process_webhook(self):
                found.append(find("topup", "tu_1").account)

        deliver(
            objects.event("topup.created", topup()),
            objects.event("topup.created", topup(), account="acct_1"),
        )
        assert found == [None, "acct_1"]


class TestMirrorSetting:
    @pytest.fixture(autouse=True)
    def mirror(self, settings):
        chosen = {"*": False, "price": True}
        settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "MIRROR": chosen}

    def test_kind_left_out_is_not_written_by_events(self, poster):
        for data in (objects.product(), topup(), objects.price()):
            assert poster.event(objects.event(f"{data['object']}.created", data)) == 200
        assert not rows().exists()
        assert not conf.model("Product").objects.exists()
        assert conf.model("Price").objects.exists()
        assert set(conf.model("Event").objects.values_list("status", flat=True)) == {"processed"}

    def test_kind_left_out_is_written_by_a_class_that_says_so(self, poster, own_registry):
        class Mine(BaseWebhook):
            name = "product.created"

            def process_webhook(self):
                StripeProduct.sync(self.event.message["data"]["object"])

        assert poster.event(objects.event("product.created", objects.product())) == 200
        assert conf.model("Product").objects.get().pk == "prod_1"


class TestReplacing:
    def test_subclass_of_a_project_takes_the_place(self, poster, own_registry):
        seen = []

        class TopupPaid(MirrorWebhook):
            name = "topup.paid"

            def process_webhook(self):
                super().process_webhook()
                seen.append(find("topup", self.event.stripe_object["id"]).stripe_data["status"])

        assert list(own_registry.matching("topup.paid")) == [TopupPaid]
        assert list(own_registry.matching("topup.created")) == [MirrorWebhook]
        assert poster.event(objects.event("topup.paid", topup(status="paid"))) == 200
        assert seen == ["paid"]

    def test_session_is_mirrored_and_links_its_user(self, poster, django_user_model):
        user = django_user_model.objects.create(username="ada")
        poster.event(objects.event("customer.created", objects.customer()))
        session = objects.build(
            "checkout.session", "cs_1", customer="cus_1", client_reference_id=str(user.pk)
        )
        poster.event(objects.event("checkout.session.completed", session))
        assert find("checkout.session", "cs_1").stripe_data["customer"] == "cus_1"
        assert conf.model("Customer").objects.get().user == user


def test_doubtful_takes_kinds_with_a_model_only():
    with pytest.raises(CommandError):
        call_command("stripe_verify", "topup", "--doubtful")
    assert "topup" not in kinds.MIRRORED
