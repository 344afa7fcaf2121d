"""The objects of dj-stripe's tables become the rows that their events would have made."""

import json

import pytest

from stripe_integrations import conf
from stripe_integrations.actions import StripeProduct
from stripe_integrations.models.events import latest_time
from stripe_integrations.signals import mirror_changed
from stripe_integrations.testing import objects
from tests.importing.djstripe_tables import execute

#: What the order of events is judged by: an import knows less of that than an event tells.
MEMORY = {"as_of", "fetched_at", "in_doubt", "read_by", "trail", "verb", "version"}


def rows(name):
    return conf.model(name).objects


def columns(row):
    names = {field.attname for field in row._meta.concrete_fields}
    return {name: getattr(row, name) for name in names - MEMORY}


def item(id, **values):
    return objects.build("subscription_item", id, price=objects.price(), quantity=1, **values)


def subscription(*items, **values):
    held = [item(id) for id in items]
    return objects.subscription(items={"object": "list", "data": held, "has_more": False}, **values)


class TestColumns:
    @pytest.mark.parametrize(
        ("table", "name", "data", "stored"),
        [
            (
                "customer",
                "Customer",
                objects.customer(default_source="card_1"),
                # dj-stripe adds the first two, and reads a source for its id.
                {
                    "deleted": False,
                    "default_payment_method": None,
                    "default_source": objects.card(),
                },
            ),
            ("product", "Product", objects.product(), {}),
            ("product", "Price", objects.price(), {"product": objects.product()}),
        ],
    )
    def test_row_is_the_one_that_an_event_makes(
        self, tables, import_djstripe, deliver, table, name, data, stored
    ):
        tables.add(table, {**data, **stored})
        import_djstripe()
        imported = columns(rows(name).get())
        rows(name).all().delete()
        deliver(objects.event(f"{table}.created", data))
        assert imported == columns(rows(name).get())

    def test_kind_without_a_model_is_mirrored_as_any_object(self, tables, import_djstripe):
        tables.add("product", objects.build("topup"))
        import_djstripe()
        assert rows("StripeObject").get().pk == "topup/topup_1"

    def test_table_with_no_key_of_dj_stripes_own_is_imported(self, tables, import_djstripe):
        data = objects.build("country_spec", "DE")
        execute(
            "INSERT INTO djstripe_countryspec (id, stripe_data) VALUES (%s, %s)",
            ["DE", json.dumps(data)],
        )
        import_djstripe()
        assert rows("StripeObject").get().pk == "country_spec/DE"

    def test_secret_of_an_object_is_not_stored(self, tables, import_djstripe):
        data = objects.build("payment_intent", client_secret="pi_1_secret_x")
        tables.add("product", data)
        import_djstripe()
        assert "client_secret" not in rows("PaymentIntent").get().stripe_data

    def test_purged_customer_is_deleted(self, tables, import_djstripe):
        tables.add("customer", objects.customer(), date_purged="2026-01-01 00:00:00")
        import_djstripe()
        assert rows("Customer").get().is_deleted

    def test_listener_is_told(self, tables, import_djstripe):
        heard = []

        def listen(**kwargs):
            heard.append(kwargs["created"])

        mirror_changed.connect(listen)
        try:
            tables.add("product", objects.product())
            import_djstripe()
        finally:
            mirror_changed.disconnect(listen)
        assert heard == [True]


class TestParts:
    def test_object_brings_its_parts(self, tables, import_djstripe):
        tables.add("subscription", subscription("si_1"))
        import_djstripe()
        assert rows("SubscriptionItem").get().subscription_id == "sub_1"

    def test_part_that_was_dropped_is_left(self, tables, import_djstripe):
        tables.add("subscription", subscription("si_1"))
        for id in ("si_1", "si_2"):
            tables.add("subscriptionitem", item(id, subscription="sub_1"))
        assert "1 no longer in the object" in import_djstripe()
        assert rows("SubscriptionItem").get().pk == "si_1"

    def test_part_of_a_list_that_goes_on_is_imported(self, tables, import_djstripe):
        data = subscription("si_1")
        data["items"]["has_more"] = True
        tables.add("subscription", data)
        tables.add("subscriptionitem", item("si_2", subscription="sub_1"))
        import_djstripe()
        assert rows("SubscriptionItem").count() == 2

    def test_part_that_names_no_object_is_left(self, tables, import_djstripe):
        tables.add("subscriptionitem", item("si_1", subscription=None))
        assert "1 a part that does not say of which object" in import_djstripe()
        assert not rows("SubscriptionItem").exists()

    def test_part_that_is_there_is_not_overwritten(self, tables, import_djstripe):
        rows("SubscriptionItem").create(id="si_1", quantity=7)
        tables.add("subscription", subscription("si_1"))
        import_djstripe()
        assert rows("SubscriptionItem").get().quantity == 7


class TestOrder:
    """What Stripe said is newer than what was imported, and an import overwrites nothing."""

    def event(self, name, created, **values):
        product = objects.product(name=name, created=objects.NOW - 900)
        return objects.event("product.updated", product, created=created, **values)

    @pytest.fixture(autouse=True)
    def stored(self, tables):
        tables.add("product", objects.product(name="Imported", created=objects.NOW - 900))

    def test_row_that_is_there_stays(self, import_djstripe, deliver):
        deliver(self.event("Ours", objects.NOW - 600))
        assert "0 imported, 1 there already" in import_djstripe()
        assert rows("Product").get().name == "Ours"

    def test_later_event_is_written(self, import_djstripe, deliver):
        import_djstripe()
        deliver(self.event("Later", objects.NOW))
        assert rows("Product").get().name == "Later"

    def test_event_older_than_one_that_was_processed_is_skipped(
        self, tables, import_djstripe, deliver
    ):
        tables.event(self.event("Imported", objects.NOW - 60))
        import_djstripe()
        deliver(self.event("Older", objects.NOW - 120))
        assert rows("Product").get().name == "Imported"

    def test_creation_that_comes_again_is_read_from_the_api(
        self, import_djstripe, deliver, stripe_api
    ):
        import_djstripe()
        stripe_api.objects["products"]["prod_1"] = objects.product(name="Now")
        created = objects.product(name="First", created=objects.NOW - 900)
        deliver(objects.event("product.created", created, created=objects.NOW - 900))
        assert rows("Product").get().name == "Now"

    def test_page_of_a_list_is_written(self, import_djstripe, stripe_api):
        import_djstripe()
        stripe_api.objects["products"]["prod_1"] = objects.product(name="Listed")
        StripeProduct.sync_all()
        assert rows("Product").get().name == "Listed"

    def test_time_of_a_test_clock_is_none(self, tables, import_djstripe):
        tables.add("customer", objects.customer(created=latest_time() + 9000))
        import_djstripe()
        assert rows("Customer").get().as_of == 0
