"""Events that Stripe may rightly send, however odd: 200, stored whole, the mirror stays right."""

import json

import pytest

from stripe_integrations import conf
from stripe_integrations.actions import StripeEventAction, StripeWebhook
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db(transaction=True)

MIRRORS = [name for name in conf.SWAPPABLE if name != "Event"]


def rows(name):
    return conf.model(name).objects


def mirrored():
    return sum(rows(name).count() for name in MIRRORS)


def is_stored_whole(message):
    event = rows("Event").get(pk=message["id"])
    assert event.body == json.dumps(message)
    assert event.message == message
    assert event.status == "processed"
    return True


ACCOUNT = "acct_1234567890123456"


@pytest.mark.parametrize(
    ("data", "left"),
    [
        pytest.param(objects.product("p" * 240), None, id="own id"),
        pytest.param(objects.price(product="p" * 240), {"product_id": None}, id="id of a link"),
        pytest.param(
            objects.product("p" * 233), {"pk": f"{ACCOUNT}/{'p' * 233}"}, id="just short enough"
        ),
    ],
)
def test_chosen_id_that_is_too_long_behind_its_account(poster, data, left):
    kind = data["object"]
    assert poster.event(objects.event(f"{kind}.updated", data, account=ACCOUNT)) == 200
    found = rows(kind.title())
    assert found.count() == (left is not None)
    for name, value in (left or {}).items():
        assert getattr(found.get(), name) == value


@pytest.mark.parametrize("zeros", [14, 240, 251])
def test_id_of_the_test_sender_is_stored_each_time(poster, zeros):
    message = objects.event("product.created", objects.product(), id="evt_" + "0" * zeros)
    assert [poster.event(message), poster.event(message)] == [200, 200]
    assert rows("Event").count() == 2


@pytest.mark.parametrize("kind", ["a.new.thing", "product.created"])
def test_object_of_an_unknown_kind_is_mirrored_as_it_is(poster, kind):
    message = objects.event(kind, {"id": "x_1", "object": "x"})
    assert poster.event(message) == 200
    assert is_stored_whole(message)
    assert (mirrored(), rows("StripeObject").get().pk) == (1, "x/x_1")


NO_TIMES = [-1, 0, 253402300799, 2**63 - 1, -(2**63), 2**70, "x", None, 1.5, 1.7e9, True, [], {}]


@pytest.mark.parametrize("created", NO_TIMES)
def test_event_at_no_real_time_is_refused(poster, created):
    message = {**objects.event("product.created", objects.product()), "created": created}
    assert poster.event(message) == 400
    assert not rows("Event").exists()
    assert mirrored() == 0


@pytest.mark.parametrize("created", NO_TIMES)
def test_added_deletion_at_no_real_time_is_of_unknown_age(poster, created):
    """What the API is asked, it does not answer here."""

    def process(stripe_id):
        given = (stripe_id, "product.deleted", False, None)
        StripeWebhook.process(StripeEventAction.add(*given, {**message, "created": created}))

    first = objects.event("product.created", objects.product(), created=objects.NOW - 60)
    message = objects.event("product.deleted", objects.product())
    process("evt_first")
    assert rows("Product").get().is_deleted
    rows("Product").all().delete()
    assert poster.event(first) == 200
    process("evt_again")
    assert rows("Product").get().as_of <= objects.NOW - 60


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(
            objects.event("invoice.upcoming", {"id": None, "object": "invoice"}), id="null"
        ),
        pytest.param(
            objects.event("product.created", {"object": "product"}), id="object without id"
        ),
        pytest.param(
            objects.event("product.created", {"id": "prod_1"}), id="object without object"
        ),
        pytest.param(objects.event("product.created", {}), id="empty object"),
        pytest.param(
            {**objects.event("product.created", {}), "data": {"object": None}}, id="null object"
        ),
        pytest.param(objects.event("product.created", "prod_1"), id="object is a string"),
        pytest.param(objects.event("product.created", [1]), id="object is a list"),
        pytest.param(objects.event("product.created", {"object": ["x"]}), id="object is of a list"),
        pytest.param(
            {"id": "evt_bare", "type": "product.created", "created": objects.NOW}, id="no data"
        ),
        pytest.param(
            {"id": "evt_null", "type": "product.created", "created": objects.NOW, "data": None},
            id="null data",
        ),
        pytest.param(
            {"id": "evt_list", "type": "product.created", "created": objects.NOW, "data": []},
            id="list data",
        ),
        pytest.param(
            objects.event("product.created", objects.product("p" * 300)), id="id of 300 characters"
        ),
        pytest.param(objects.event("product.created", objects.product("p\0")), id="NUL in the id"),
        pytest.param(
            objects.event("product.created", objects.product("p\ud800")), id="surrogate in the id"
        ),
        pytest.param(objects.event("a" * 3000, {}), id="endless type"),
        pytest.param(objects.event("product\0.created", {}), id="NUL in the type"),
    ],
)
def test_object_that_cannot_be_mirrored_is_stored(poster, message):
    assert poster.event(message) == 200
    assert is_stored_whole(message)
    assert mirrored() == 0


@pytest.mark.parametrize(
    "extra",
    [
        {"api_version": None},
        {"api_version": "2031-01-01.zebra"},
        {"api_version": 7},
        {"request": None},
        {"request": "req_1"},
        {"request": {"id": None, "idempotency_key": "\0"}},
        {"pending_webhooks": 2**70},
        {"pending_webhooks": None},
        {"user_id": "acct_1", "organization_id": "org_1", "status": "x", "webhook": {}},
    ],
    ids=str,
)
def test_envelope_of_any_version_is_stored_whole(poster, extra):
    message = objects.event("product.created", objects.product(), **extra)
    assert poster.event(message) == 200
    assert is_stored_whole(message)
    assert rows("Product").get().name == "Gold"


@pytest.mark.parametrize("key", ["livemode", "api_version", "request", "object"])
def test_envelope_without_an_attribute_is_stored_whole(poster, key):
    message = objects.event("product.created", objects.product())
    del message[key]
    assert poster.event(message) == 200
    assert is_stored_whole(message)
    assert rows("Product").get().name == "Gold"


@pytest.mark.parametrize(
    ("name", "kind", "data"),
    [
        ("Product", "product.updated", objects.product("x_1")),
        ("Price", "price.updated", objects.price("x_1")),
        ("Customer", "customer.updated", objects.customer("x_1")),
        ("Card", "customer.source.updated", objects.card("x_1")),
        ("Subscription", "customer.subscription.updated", objects.subscription("x_1")),
        ("Coupon", "coupon.updated", objects.coupon("x_1")),
    ],
)
class TestEachFamily:
    def test_unknown_keys_are_kept(self, poster, name, kind, data):
        data = {**data, "a_new_key": {"b": [1, {"c": None}]}}
        assert poster.event(objects.event(kind, data)) == 200
        assert rows(name).get(pk="x_1").stripe_data == data

    def test_missing_keys_leave_the_columns(self, poster, name, kind, data):
        bare = {"id": data["id"], "object": data["object"]}
        assert poster.event(objects.event(kind, data, created=objects.NOW)) == 200
        before = rows(name).filter(pk="x_1").values().get()
        assert poster.event(objects.event(kind, bare, created=objects.NOW + 60)) == 200
        after = rows(name).filter(pk="x_1").values().get()
        changed = {column for column in before if before[column] != after[column]}
        assert changed <= {"as_of", "stripe_data", "version"}
        assert after["version"] == before["version"] + 1

    def test_null_everywhere_is_mirrored(self, poster, name, kind, data):
        nulls = dict.fromkeys(data) | {"id": "x_1", "object": data["object"]}
        assert poster.event(objects.event(kind, data)) == 200
        assert poster.event(objects.event(kind, nulls, created=objects.NOW + 60)) == 200
        row = rows(name).get(pk="x_1")
        assert row.stripe_data == nulls
        assert row.created is None

    @pytest.mark.parametrize(
        "value", [2**70, -(2**70), 1e300, "\0\ud800", [], {}, {"id": 5}, True, "x" * 6000, -1, 0.5]
    )
    def test_anything_everywhere_is_stored_whole(self, poster, name, kind, data, value):
        odd = dict.fromkeys(data, value) | {"id": "x_1", "object": data["object"]}
        message = objects.event(kind, odd)
        assert poster.event(message) == 200
        assert is_stored_whole(message)
        assert rows(name).filter(pk="x_1").exists()


def test_amounts_over_64_bit_become_null_and_stay_in_the_data(poster):
    huge = objects.price(unit_amount=2**70, unit_amount_decimal=str(2**70) + ".5")
    assert poster.event(objects.event("price.created", huge)) == 200
    row = rows("Price").get()
    assert (row.unit_amount, row.currency) == (None, "usd")
    assert row.stripe_data["unit_amount"] == 2**70


def test_nul_is_replaced_in_the_mirror_and_kept_in_the_event(poster):
    data = objects.product(name="Go\0ld", metadata={"k\0": "\ud800"})
    message = objects.event("product.created", data)
    assert poster.event(message) == 200
    assert is_stored_whole(message)
    row = rows("Product").get()
    assert row.name == "Go\ufffdld"
    assert row.metadata == {"k\ufffd": "\ufffd"}


def test_infinite_number_is_null_in_the_mirror(poster):
    body = objects.body(objects.event("product.created", objects.product(metadata={"n": 1})))
    body = body.replace(b'"n": 1', b'"n": 1e400')
    assert poster.signed(body) == 200
    assert rows("Product").get().metadata == {"n": None}
    assert rows("Event").get().body == body.decode()


def test_astral_characters_are_kept(poster):
    assert poster.event(objects.event("product.created", objects.product(name="🦓 × 𝔊"))) == 200
    assert rows("Product").get().name == "🦓 × 𝔊"


def test_ids_differ_by_case(poster):
    for number, stripe_id in enumerate(["cus_A", "cus_a"]):
        message = objects.event("customer.created", objects.customer(stripe_id, name=str(number)))
        assert poster.event(message) == 200
    assert dict(rows("Customer").values_list("pk", "name")) == {"cus_A": "0", "cus_a": "1"}


def test_the_test_sender_gives_all_its_events_one_id(poster):
    for stripe_id in ("prod_a", "prod_b"):
        message = objects.event(
            "product.created", objects.product(stripe_id), id="evt_00000000000000"
        )
        assert poster.event(message) == 200
    assert rows("Product").count() == 2
    assert (
        sorted(pk.partition(":")[0] for pk in rows("Event").values_list("pk", flat=True))
        == ["evt_00000000000000"] * 2
    )


class TestMode:
    def test_event_of_the_other_mode_is_kept_and_ignored(self, poster, caplog):
        message = objects.event("product.created", objects.product(), livemode=True)
        assert poster.event(message) == 200
        assert poster.event(message) == 200
        assert rows("Event").get().status == "ignored"
        assert mirrored() == 0
        assert [record.levelname for record in caplog.records][:1] == ["ERROR"]

    def test_on_connect_it_is_ignored_quietly(self, poster, caplog):
        message = objects.event(
            "product.created", objects.product(), livemode=True, account="acct_1"
        )
        assert poster.event(message) == 200
        assert rows("Event").get().status == "ignored"
        assert "ERROR" not in [record.levelname for record in caplog.records]

    def test_without_key_and_livemode_nothing_is_ignored(self, poster, settings):
        settings.STRIPE_INTEGRATIONS = {"WEBHOOK_SECRET": "whsec_test"}
        message = objects.event("product.created", objects.product(), livemode=True)
        assert poster.event(message) == 200
        assert rows("Product").get().livemode is True


class TestConnect:
    def test_chosen_ids_are_kept_apart_by_account(self, poster):
        for account in (None, "acct_1", "acct_2"):
            extra = {"account": account} if account else {}
            data = objects.coupon("SPRING", name=account)
            assert poster.event(objects.event("coupon.created", data, **extra)) == 200
        assert dict(rows("Coupon").values_list("pk", "account")) == {
            "SPRING": None,
            "acct_1/SPRING": "acct_1",
            "acct_2/SPRING": "acct_2",
        }

    def test_links_of_a_connected_account_lead_to_its_rows(self, poster):
        for kind, data in (
            ("product.created", objects.product("gold")),
            ("price.created", objects.price(product="gold")),
            ("customer.created", objects.customer()),
            ("customer.subscription.created", objects.subscription()),
        ):
            assert poster.event(objects.event(kind, data, account="acct_1")) == 200
        subscription = rows("Subscription").select_related("price__product", "customer").get()
        assert subscription.price.product.pk == "acct_1/gold"
        assert subscription.customer.name == "Ada"
