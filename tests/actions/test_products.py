"""The verbs that every kind has, shown on products."""

import pytest
import stripe

from stripe_integrations import conf
from stripe_integrations.actions import StripeProduct
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db(transaction=True)


def rows():
    return conf.model("Product").objects


class TestSync:
    def test_inserts_and_returns_the_row(self):
        row = StripeProduct.sync(objects.product())
        assert row == rows().get()
        assert (row.name, row.livemode, row.version) == ("Gold", False, 1)

    def test_the_same_again_writes_nothing(self):
        StripeProduct.sync(objects.product())
        assert StripeProduct.sync(objects.product()).version == 1

    def test_data_of_unknown_age_is_kept_and_marked(self):
        StripeProduct.sync(objects.product())
        row = StripeProduct.sync(objects.product(name="Lead"))
        row.refresh_from_db()
        assert (row.name, row.version, row.in_doubt) == ("Lead", 2, True)

    def test_deleted_stub_keeps_the_columns(self):
        StripeProduct.sync(objects.product())
        row = StripeProduct.sync({"id": "prod_1", "object": "product", "deleted": True})
        assert (row.is_deleted, row.name) == (True, "Gold")

    def test_object_of_the_sdk_is_mirrored(self):
        data = stripe.Product.construct_from(objects.product(metadata={"a": "1"}), "sk_test_1")
        row = StripeProduct.sync(data)
        assert (row.name, row.metadata) == ("Gold", {"a": "1"})
        assert rows().get().stripe_data == objects.product(metadata={"a": "1"})

    def test_object_of_another_kind_raises_value_error(self):
        with pytest.raises(ValueError, match="takes a product, not a price"):
            StripeProduct.sync(objects.price())
        assert not rows().exists()

    @pytest.mark.parametrize("id", [None, "", 5, "p" * 256, "p\0", " p", {"id": "p"}])
    def test_id_that_cannot_be_a_key_is_not_mirrored(self, id):
        assert StripeProduct.sync(objects.product(id)) is None
        assert not rows().exists()

    def test_row_of_a_connected_account_has_its_account_in_the_key(self):
        row = StripeProduct.sync(objects.product("gold"), account="acct_1")
        assert (row.pk, row.account) == ("acct_1/gold", "acct_1")

    def test_row_that_was_updated_loads_other_columns_on_access(self, poster):
        for verb, seconds in (("created", 0), ("updated", 60)):
            message = objects.event(
                f"product.{verb}", objects.product(), created=objects.NOW + seconds
            )
            assert poster.event(message) == 200
        assert rows().get().version == 2


class TestRetrieve:
    def test_writes_what_stripe_says(self, stripe_api):
        StripeProduct.sync(objects.product("prod_1", name="Wrong"))
        stripe_api.create("products", {"id": "prod_1", "name": "Right"})
        row = StripeProduct.retrieve("prod_1")
        assert (row.name, row.in_doubt) == ("Right", False)
        assert row.fetched_at <= row.as_of

    def test_retrieve_ends_a_doubt(self, stripe_api):
        stripe_api.create("products", {"id": "prod_1", "name": "Gold"})
        stripe_api.down()
        for name in ("Lead", "Tin"):
            StripeProduct.sync(objects.product(name=name))
        assert (rows().get().name, rows().get().in_doubt) == ("Tin", True)
        stripe_api.hangs_up = False
        assert not StripeProduct.retrieve("prod_1").in_doubt
        row = rows().get()
        assert (row.name, row.in_doubt) == ("Gold", False)

    def test_unknown_id_raises_invalid_request(self, stripe_api):
        with pytest.raises(stripe.InvalidRequestError, match="No such object"):
            StripeProduct.retrieve("prod_none")

    def test_ids_stay_in_their_place(self, stripe_api):
        with pytest.raises(stripe.InvalidRequestError):
            StripeProduct.retrieve("../customers?x=/1")
        assert stripe_api.requests[-1][1] == "/v1/products/..%2Fcustomers%3Fx%3D%2F1"

    def test_product_of_a_connected_account_is_read_as_that_account(self, stripe_api):
        with stripe_api.acting_for("acct_1"):
            stripe_api.create("products", {"id": "gold"})
        assert StripeProduct.retrieve("gold", account="acct_1").pk == "acct_1/gold"
        assert stripe_api.requests[-1][3] == "acct_1"

    def test_event_from_before_the_read_is_older(self, stripe_api, poster):
        stripe_api.create("products", {"id": "prod_1", "name": "Right"})
        StripeProduct.retrieve("prod_1")
        message = objects.event(
            "product.updated", objects.product(name="Old"), created=objects.NOW - 3600
        )
        assert poster.event(message) == 200
        assert rows().get().name == "Right"


class TestSyncAll:
    def test_sync_all_reads_every_page(self, stripe_api):
        for number in range(205):
            stripe_api.create("products", {"id": f"prod_{number}"})
        assert StripeProduct.sync_all() == 205
        assert rows().count() == 205
        assert len(stripe_api.requests) == 3

    def test_again_writes_only_what_changed(self, stripe_api):
        for number in range(3):
            stripe_api.create("products", {"id": f"prod_{number}"})
        StripeProduct.sync_all()
        rows().update(as_of=1)
        stripe_api.change("products", "prod_1", {"name": "New"})
        StripeProduct.sync_all()
        assert dict(rows().values_list("pk", "version")) == {"prod_0": 1, "prod_1": 2, "prod_2": 1}

    def test_row_newer_than_the_page_is_read_by_its_id(self, stripe_api):
        stripe_api.create("products", {"id": "prod_1", "name": "Right"})
        StripeProduct.sync(objects.product(name="Wrong"))
        rows().update(as_of=stripe_api.now() + 3600)
        StripeProduct.sync_all()
        assert [request[1] for request in stripe_api.requests] == [
            "/v1/products",
            "/v1/products/prod_1",
        ]
        row = rows().get()
        assert (row.name, row.in_doubt) == ("Right", False)


class TestEvents:
    """What the API is asked in between does not disturb what the events say."""

    def test_read_between_two_events_ends_at_the_last(self, stripe_api, deliver):
        stripe_api.create("products", {"id": "prod_1", "name": "a"})
        stripe_api.offset += 10
        stripe_api.change("products", "prod_1", {"name": "b"})
        assert StripeProduct.retrieve("prod_1").name == "b"
        stripe_api.offset += 10
        stripe_api.change("products", "prod_1", {"name": "c"})
        created, updated, again = stripe_api.events.values()
        deliver(again, created, updated)
        assert rows().get().name == "c"

    def test_deleted_product_is_gone_from_the_api_and_a_tombstone_by_its_event(
        self, stripe_api, deliver
    ):
        stripe_api.create("products", {"id": "prod_1", "name": "a"})
        StripeProduct.retrieve("prod_1")
        stripe_api.offset += 10
        stripe_api.delete("products", "prod_1")
        with pytest.raises(stripe.InvalidRequestError):
            StripeProduct.retrieve("prod_1")
        deliver(*stripe_api.events.values())
        assert (rows().get().is_deleted, rows().get().name) == (True, "a")

    def test_chosen_id_lives_again(self, stripe_api, deliver):
        for name in ("first", "second"):
            stripe_api.create("products", {"id": "gold", "name": name})
            stripe_api.offset += 10
            if name == "first":
                stripe_api.delete("products", "gold")
                stripe_api.offset += 10
        deliver(*stripe_api.events.values())
        assert (rows().get().is_deleted, rows().get().name) == (False, "second")


class TestSoftDelete:
    def test_marks_and_keeps(self):
        StripeProduct.sync(objects.product())
        first = StripeProduct.soft_delete("prod_1").deleted_at
        assert StripeProduct.soft_delete("prod_1").deleted_at == first
        row = rows().get()
        assert (row.is_deleted, row.name, row.version) == (True, "Gold", 2)

    def test_soft_delete_of_a_missing_row_returns_none(self):
        assert StripeProduct.soft_delete("prod_1") is None


class TestErrors:
    def test_missing_key_raises_authentication_error(self, settings):
        settings.STRIPE_INTEGRATIONS = {}
        with pytest.raises(stripe.AuthenticationError, match="API_KEY"):
            StripeProduct.retrieve("prod_1")

    def test_stripes_own_errors_come_through_without_the_key(self, stripe_api):
        stripe_api.fail_with(403)
        with pytest.raises(stripe.StripeError) as error:
            StripeProduct.sync_all()
        assert error.value.http_status == 403
        assert "sk_test_123" not in f"{error.value!r} {error.value}"
