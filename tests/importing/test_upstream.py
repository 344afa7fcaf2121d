"""The tables of stripe-integrations 0.0.1: models of the project's own, on its abstract ones.

They are made by hand here: that version cannot be imported with a Django that is supported now.
"""

import io
import json
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection

from stripe_integrations import conf
from stripe_integrations.operations import upstream_tables
from stripe_integrations.testing import objects
from tests.importing.djstripe_tables import execute, quoted

MODELS = {model.kind.object: model for model in upstream_tables.MODELS}
EVENT = ("kind", "processed", "validated_message", "webhook_message", "api_version")


def import_upstream():
    out = io.StringIO()
    call_command("stripe_import_upstream", stdout=out)
    return out.getvalue()


def rows(name):
    return conf.model(name).objects


class Upstream:
    """The project's tables, filled by a test."""

    def __init__(self):
        self.keys = {}

    def make(self, name, columns, *foreign):
        users = get_user_model()._meta
        key = users.pk.rel_db_type(connection)
        kinds_of = dict.fromkeys(columns, "text NULL")
        shared = dict.fromkeys(upstream_tables.SHARED, "text NULL")
        listed = {
            **shared,
            **kinds_of,
            "id": "char(32) PRIMARY KEY",
            "date_purged": "char(30) NULL",
        }
        ends = []
        for column, table in foreign:
            listed[column] = f"{key if table == users.db_table else 'char(32)'} NULL"
            ends.append(f"FOREIGN KEY ({column}) REFERENCES {table} (id)")
        body = ", ".join([*(f"{quoted(k)} {kind}" for k, kind in listed.items()), *ends])
        execute(f"CREATE TABLE {name} ({body})")

    def add(self, name, stripe_id, /, **columns):
        key = self.keys[stripe_id] = uuid.uuid4().hex
        row = {"id": key, "stripe_id": stripe_id, "livemode": "", **columns}
        row = {k: json.dumps(v) if isinstance(v, (dict, list)) else v for k, v in row.items()}
        names, places = ", ".join(map(quoted, row)), ", ".join(["%s"] * len(row))
        execute(f"INSERT INTO {name} ({names}) VALUES ({places})", list(row.values()))

    def event(self, message, *, processed="1", read=True):
        self.add(
            "payments_event",
            message["id"],
            kind=message["type"],
            processed=processed,
            webhook_message=message,
            validated_message=message if read else None,
        )


@pytest.fixture
def upstream(transactional_db):
    made = Upstream()
    users = ("user_id", get_user_model()._meta.db_table)
    customer = ("customer_id", "payments_customer")
    try:
        made.make("payments_event", EVENT)
        made.make("payments_customer", MODELS["customer"].columns, users)
        made.make("payments_product", MODELS["product"].columns)
        product = ("product_id", "payments_product")
        made.make("payments_price", MODELS["price"].columns, product)
        made.make("payments_coupon", MODELS["coupon"].columns)
        made.make("payments_card", MODELS["card"].columns, customer)
        made.make("payments_subscription", MODELS["subscription"].columns, customer)
        yield made
    finally:
        for name in ("card", "subscription", "price", "product", "coupon", "customer", "event"):
            execute(f"DROP TABLE IF EXISTS payments_{name}")


def test_object_of_an_event_is_whole(upstream, deliver):
    product = objects.product(marketing_features=[{"name": "Reports"}])
    message = objects.event("product.created", product)
    upstream.event(message)
    upstream.add("payments_product", "prod_1", name="Gold", active="1")
    import_upstream()
    imported = rows("Product").values("name", "active", "stripe_data", "created", "livemode").get()
    rows("Product").all().delete()
    rows("Event").all().delete()
    deliver(message)
    again = rows("Product").values("name", "active", "stripe_data", "created", "livemode").get()
    assert imported == again


def test_newest_event_tells(upstream):
    for name, created in (("New", objects.NOW), ("Old", objects.NOW - 60)):
        upstream.event(
            objects.event("product.updated", objects.product(name=name), created=created)
        )
    upstream.add("payments_product", "prod_1")
    assert "in doubt" not in import_upstream()
    assert rows("Product").get().name == "New"


def test_two_events_of_one_moment_are_in_doubt(upstream):
    for name in ("This", "That"):
        upstream.event(objects.event("product.updated", objects.product(name=name)))
    upstream.add("payments_product", "prod_1")
    assert "1 of them in doubt" in import_upstream()
    assert rows("Product").get().in_doubt


def test_object_without_an_event_is_made_of_its_columns(upstream):
    upstream.add("payments_customer", "cus_1", name="Ada", email="a@b.c", balance="-10.50")
    upstream.add(
        "payments_coupon",
        "SPRING",
        amount_off="500",
        currency="jpy",
        redeem_by="2026-01-02 03:04:05",
    )
    upstream.add("payments_product", "prod_1", name="Gold", active="1", images=["a.png"])
    product = upstream.keys["prod_1"]
    upstream.add(
        "payments_price", "price_1", product_id=product, unit_amount_decimal="1050.500000000000"
    )
    customer = upstream.keys["cus_1"]
    upstream.add("payments_card", "card_1", customer_id=customer, last4="4242", address_line_1="x")
    items = {"object": "list", "data": [objects.build("subscription_item", "si_1")]}
    upstream.add(
        "payments_subscription", "sub_1", customer_id=customer, items=items, status="active"
    )
    printed = import_upstream()
    assert "All tables: 6 imported, 0 there already.\n    6 of them in doubt" in printed
    ada = rows("Customer").get()
    assert (ada.name, ada.balance, ada.in_doubt) == ("Ada", -1050, True)
    assert rows("Coupon").get().amount_off == 500
    assert rows("Coupon").get().redeem_by.isoformat() == "2026-01-02T03:04:05+00:00"
    assert rows("Price").get().product_id == "prod_1"
    assert rows("Price").get().stripe_data["unit_amount_decimal"] == "1050.5"
    assert rows("Product").get().stripe_data["images"] == ["a.png"]
    assert rows("Card").get().customer_id == "cus_1"
    assert rows("Card").get().stripe_data["address_line1"] == "x"
    assert rows("Subscription").get().customer_id == "cus_1"
    assert rows("SubscriptionItem").get().subscription_id == "sub_1"


def test_purged_row_is_deleted(upstream):
    upstream.add("payments_product", "prod_1", date_purged="2026-01-02 03:04:05")
    import_upstream()
    assert rows("Product").get().is_deleted


def test_user_is_linked(upstream):
    ada = get_user_model().objects.create(username="ada")
    upstream.add("payments_customer", "cus_1", user_id=ada.pk)
    import_upstream()
    assert rows("Customer").get().user == ada


@pytest.mark.parametrize(("processed", "stored"), [("1", True), (None, False)])
def test_processed_event_is_known(upstream, processed, stored):
    upstream.event(objects.event("product.created", objects.product()), processed=processed)
    printed = import_upstream()
    assert ("1 not processed: stripe_catch_up" in printed) is not stored
    assert rows("Event").exists() is stored


def test_event_that_was_not_read_again_is_known_too(upstream):
    upstream.event(objects.event("product.created", objects.product()), read=False)
    import_upstream()
    assert rows("Event").get().object_id == "prod_1"


def test_second_run_does_nothing(upstream):
    upstream.event(objects.event("product.created", objects.product()))
    upstream.add("payments_product", "prod_1")
    upstream.add("payments_coupon", "SPRING")
    import_upstream()
    before = list(rows("Product").values())
    assert "All tables: 0 imported, 3 there already.\n" in import_upstream()
    assert list(rows("Product").values()) == before


def test_database_without_such_tables_is_refused(db):
    with pytest.raises(CommandError, match="No table has the columns of a base model"):
        import_upstream()
