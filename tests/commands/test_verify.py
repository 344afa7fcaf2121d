"""stripe_verify: the mirror against the API, and its repair."""

import io

import pytest
from django.core.management import CommandError, call_command

from stripe_integrations import conf
from stripe_integrations.actions import StripeCard, StripeProduct, StripeSubscription
from stripe_integrations.mirror import listing
from stripe_integrations.signals import mirror_changed
from stripe_integrations.testing import objects
from stripe_integrations.testing.fake_stripe import Refused

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def api(stripe_api):
    """Two of each; Stripe's clock stands still."""
    stripe_api.clock = objects.NOW
    for number in range(2):
        stripe_api.create("customers", {"id": f"cus_{number}"})
        stripe_api.attach(f"cus_{number}", "tok_visa")
        for name in ("products", "coupons", "prices"):
            stripe_api.create(name, {"id": f"{name}_{number}"})
        items = [{"price": "prices_0"}] * (1 + number * 30)
        stripe_api.create("subscriptions", {"customer": f"cus_{number}", "items": items})
    return stripe_api


@pytest.fixture
def mirrored(api, deliver):
    """The same, mirrored from their events."""
    deliver(*api.events.values())
    api.requests.clear()
    return api


def verify(*args):
    """Return the lines, and whether the exit status is 0."""
    out = io.StringIO()
    try:
        call_command("stripe_verify", *args, stdout=out)
    except CommandError:
        return out.getvalue().splitlines(), False
    return out.getvalue().splitlines()[:-1], True


def products():
    return conf.model("Product").objects


class TestFinds:
    def test_equal_mirror_has_no_differences(self, mirrored):
        assert verify() == ([], True)

    @pytest.mark.parametrize(
        ("planted", "told"),
        [
            ({"name": "Wrong"}, "name"),
            ({"active": False}, "active"),
            ({"metadata": {"a": "1"}}, "metadata"),
            ({"images": ["x"]}, "images"),
            ({"created": None}, "created"),
            ({"stripe_data": objects.product("products_0", unheard_of=1, url="x")}, "url"),
        ],
    )
    def test_stale_row_is_told_with_its_column(self, mirrored, planted, told):
        products().filter(pk="products_0").update(**planted)
        lines, well = verify("product")
        assert not well
        assert len(lines) == 1
        assert lines[0].startswith("stale product products_0: ")
        assert told in lines[0]

    def test_missing_and_deleted_rows_are_told(self, mirrored):
        products().filter(pk="products_0").delete()
        StripeProduct.soft_delete("products_1")
        lines, well = verify("product", "price")
        assert (sorted(lines), well) == (
            ["missing product products_0", "missing product products_1"],
            False,
        )

    def test_extra_row_is_told(self, mirrored):
        StripeProduct.sync(objects.product("prod_extra"))
        assert verify() == (["extra product prod_extra"], False)

    def test_item_beyond_the_first_page_is_compared(self, mirrored):
        row = conf.model("Subscription").objects.order_by("customer").last()
        row.stripe_data["items"]["data"][25]["quantity"] = 7
        row.save()
        lines, well = verify("subscription")
        assert (lines, well) == ([f"stale subscription {row.pk}: items"], False)
        assert verify("subscription", "--fix")[1]

    @pytest.mark.parametrize(
        ("change", "is_found"),
        [
            ({"quantity": 7}, True),
            ({"metadata": {"seat": "1"}}, True),
            ({"id": "si_other"}, True),
            ({"price": "prices_1"}, True),
            ({"price": objects.price("prices_1")}, True),
            ({"price": objects.price("prices_0", nickname="Stale")}, False),
            ({"price": "prices_0"}, False),
        ],
        ids=["quantity", "metadata", "id", "price", "other price", "copied price", "plain id"],
    )
    def test_item_of_a_subscription_is_compared_without_its_copied_price(
        self, mirrored, change, is_found
    ):
        """Stripe sends no event of a subscription when the price in its item is edited."""
        for subscription in mirrored.objects["subscriptions"].values():
            for item in subscription["items"]["data"]:
                item["metadata"] = {}
        verify("subscription", "--fix")
        row = conf.model("Subscription").objects.order_by("customer").first()
        row.stripe_data["items"]["data"][0].update(change)
        row.save()
        told = [f"stale subscription {row.pk}: items"] if is_found else []
        assert verify("subscription") == (told, not is_found)

    def test_price_edited_since_it_was_copied_is_no_difference(self, mirrored, deliver):
        known = set(mirrored.events)
        mirrored.clock += 60
        mirrored.change("prices", "prices_0", {"nickname": "Edited"})
        deliver(*(mirrored.events[id] for id in mirrored.events.keys() - known))
        for subscription in mirrored.objects["subscriptions"].values():
            for item in subscription["items"]["data"]:
                item["price"] = mirrored.objects["prices"]["prices_0"]
        assert verify() == ([], True)

    @pytest.mark.parametrize(
        ("ours", "is_found"), [("prices_0", False), ("prices_1", True), (None, True)]
    )
    def test_reference_expanded_on_one_side_is_compared_by_id(self, mirrored, ours, is_found):
        mirrored.change("products", "products_0", {"default_price": objects.price("prices_0")})
        StripeProduct.retrieve("products_0")
        row = products().get(pk="products_0")
        row.stripe_data["default_price"] = ours
        row.save()
        told = ["stale product products_0: default_price"] if is_found else []
        assert verify("product") == (told, not is_found)

    def test_metadata_that_looks_like_an_object_is_compared_whole(self, mirrored):
        mirrored.change(
            "products", "products_0", {"metadata": {"object": "a", "id": "1", "b": "2"}}
        )
        StripeProduct.retrieve("products_0")
        row = products().get(pk="products_0")
        row.stripe_data["metadata"] = {"object": "a", "id": "1"}
        row.save()
        assert verify("product") == (["stale product products_0: metadata"], False)

    def test_stale_card_is_told(self, mirrored):
        row = conf.model("Card").objects.first()
        StripeCard.model().objects.filter(pk=row.pk).update(exp_year=1999)
        assert verify("card") == ([f"stale card {row.pk}: exp_year"], False)

    def test_what_only_another_api_version_has_is_no_difference(self, mirrored):
        row = products().get(pk="products_0")
        row.stripe_data = {**row.stripe_data, "attributes": [], "package_dimensions": None}
        del row.stripe_data["url"]
        row.save()
        assert verify("product") == ([], True)

    def test_row_that_vanishes_before_it_is_looked_at_again(self, mirrored, before_each_answer):
        for id in "ab":
            StripeProduct.sync(objects.product(f"extra_{id}"))

        def delete_the_other(request):
            _, _, id = request.path.rpartition("/")
            if id.startswith("extra_"):
                products().filter(pk__startswith="extra_").exclude(pk=id).delete()

        before_each_answer(delete_the_other)
        lines, well = verify("product")
        left = products().get(pk__startswith="extra_")
        assert (lines, well) == ([f"extra product {left.pk}"], False)

    def test_stale_row_of_a_connected_account_is_told(self, mirrored, deliver):
        with mirrored.acting_for("acct_1"):
            mirrored.create("products", {"id": "gold"})
            message = next(iter(mirrored.events.values()))
        deliver({**message, "account": "acct_1"})
        assert verify("product") == ([], True)
        products().filter(pk="acct_1/gold").update(name="Wrong")
        assert verify("product") == (["stale product gold of acct_1: name"], False)

    def test_differences_on_many_pages_are_told_and_fixed(self, mirrored):
        for number in range(230):
            mirrored.create("products", {"id": f"many_{number}"})
        lines, well = verify("product")
        assert (len(lines), well) == (230, False)
        assert verify("product", "--fix")[1]
        assert verify("product") == ([], True)


class TestFix:
    def test_receivers_are_told_what_was_fixed(self, mirrored):
        told = []

        def note(instance, before, event, **_kwargs):
            told.append((instance.pk, before, event))

        products().filter(pk="products_0").update(name="Wrong")
        mirror_changed.connect(note, sender=conf.model("Product"))
        try:
            assert verify("product", "--fix")[1]
        finally:
            mirror_changed.disconnect(note, sender=conf.model("Product"))
        assert told == [("products_0", {"name": "Wrong"}, None)]

    def test_stale_missing_and_extra_rows_are_fixed(self, mirrored):
        products().filter(pk="products_0").update(name="Wrong")
        products().filter(pk="products_1").delete()
        StripeProduct.sync(objects.product("prod_extra"))
        lines, well = verify("--fix")
        assert well
        assert sorted(lines) == [
            "fixed extra product prod_extra",
            "fixed missing product products_1",
            "fixed stale product products_0: name",
        ]
        assert verify() == ([], True)
        assert products().get(pk="prod_extra").is_deleted
        assert dict(products().not_deleted().values_list("pk", "name")) == {
            "products_0": "Gold",
            "products_1": "Gold",
        }

    def test_key_of_another_account_deletes_nothing(self, mirrored, deliver):
        mirrored.reset()
        lines, well = verify("product", "--fix")
        assert (sorted(lines), well) == (
            ["extra product products_0", "extra product products_1"],
            False,
        )
        assert products().not_deleted().count() == 2

    def test_nor_does_one_that_chose_the_same_id(self, mirrored):
        mirrored.reset()
        mirrored.clock = objects.NOW - 86_400
        mirrored.create("products", {"id": "products_0"})
        for _ in range(2):
            lines, well = verify("product", "--fix")
            assert "extra product products_1" in lines
            assert any(line.startswith("stale product products_0: created") for line in lines)
            assert not well
        assert products().not_deleted().count() == 2

    def test_object_created_again_under_its_id_is_fixed(self, mirrored):
        mirrored.delete("products", "products_0")
        mirrored.clock += 60
        mirrored.create("products", {"id": "products_0"})
        lines, well = verify("product", "--fix")
        assert well
        assert len(lines) == 1
        assert lines[0].startswith("fixed stale product products_0: created")
        assert verify() == ([], True)

    def test_the_last_object_is_gone(self, stripe_api):
        stripe_api.create("products", {"id": "prod_1"})
        StripeProduct.retrieve("prod_1")
        stripe_api.delete("products", "prod_1")
        assert verify("product", "--fix") == (["fixed extra product prod_1"], True)


class TestDoubtful:
    def test_doubtful_row_is_settled(self, mirrored, deliver):
        mirrored.down()
        for name in ("a", "b"):
            data = objects.product("products_0", name=name)
            deliver(objects.event("product.updated", data, created=objects.NOW + 60))
        assert verify("--doubtful") == (["in doubt product products_0"], False)
        mirrored.hangs_up = False
        assert verify("--doubtful", "coupons") == ([], True)
        assert verify("--doubtful", "products") == (["settled product products_0"], True)
        assert verify("--doubtful") == ([], True)
        assert verify() == ([], True)


class TestResult:
    """It says no more than what was looked at."""

    def told(self, *args):
        out = io.StringIO()
        call_command("stripe_verify", *args, stdout=out)
        return out.getvalue().strip()

    def test_all_kinds(self, mirrored):
        assert self.told() == "The mirror is equal to Stripe."

    def test_some_kinds(self, mirrored):
        products().update(name="Wrong")
        assert self.told("coupon", "price") == "The mirror is equal to Stripe (coupon, price)."

    def test_doubtful_rows(self, mirrored):
        products().update(name="Wrong")
        assert self.told("--doubtful") == "No object is in doubt."

    @pytest.mark.parametrize("name", ["coupon", "discount"])  # Stripe lists no discounts
    def test_doubtful_rows_of_some_kinds(self, mirrored, name):
        products().update(in_doubt=True)
        assert self.told("--doubtful", name) == f"No object is in doubt ({name})."

    def test_doubtful_parts_are_settled_with_what_has_them(self):
        with pytest.raises(CommandError, match="Rows of line_item follow the object that has them"):
            self.told("--doubtful", "line_item")

    def test_doubtful_rows_that_are_left(self, mirrored):
        products().filter(pk="products_0").update(in_doubt=True)
        mirrored.down()
        with pytest.raises(CommandError, match="1 objects are left in doubt: the API did not"):
            self.told("--doubtful")


class TestErrors:
    def test_unknown_kind_is_told_with_the_known_ones(self):
        with pytest.raises(CommandError, match=r"Not mirrored: flux\. Give one of .*product"):
            call_command("stripe_verify", "flux")

    def test_kind_that_the_api_does_not_list_is_told(self):
        with pytest.raises(CommandError, match="no list of every line_item: verify the objects"):
            call_command("stripe_verify", "line_item")

    @pytest.mark.parametrize("account", [None, "acct_1"])
    def test_what_cannot_be_read_keeps_nothing_else_from_it(
        self, mirrored, deliver, before_each_answer, account
    ):
        with mirrored.acting_for("acct_1"):
            mirrored.create("products", {"id": "gold"})
            message = next(iter(mirrored.events.values()))
        deliver({**message, "account": "acct_1"})
        conf.model("Coupon").objects.filter(pk="coupons_0").update(name="Wrong")
        products().filter(pk__in=["products_0", "acct_1/gold"]).update(name="Wrong")
        conf.model("Subscription").objects.update(currency="xxx")

        def refuse(request):
            if (request.path, request.account) == ("/v1/products", account):
                raise Refused(403, "This key may not.")

        before_each_answer(refuse)
        out, err = io.StringIO(), io.StringIO()
        with pytest.raises(CommandError) as error:
            call_command("stripe_verify", stdout=out, stderr=err)
        assert error.value.returncode == 1
        whose, other = "your own account", "gold of acct_1"
        if account:
            whose, other = account, "products_0"
        subscriptions = conf.model("Subscription").objects.values_list("pk", flat=True)
        assert sorted(out.getvalue().splitlines()) == sorted(
            [
                "stale coupon coupons_0: name",
                f"stale product {other}: name",
                *(f"stale subscription {pk}: currency" for pk in subscriptions),
            ]
        )
        assert err.getvalue().startswith(
            f"product of {whose}: Stripe's API gave no answer, PermissionError: "
        )

    @pytest.mark.parametrize("option", [[], ["--doubtful"]], ids=["compared", "doubtful"])
    def test_without_a_key_it_says_once_what_is_missing(self, mirrored, settings, option):
        settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "API_KEY": None}
        out, err = io.StringIO(), io.StringIO()
        with pytest.raises(CommandError, match=r"set STRIPE_INTEGRATIONS\['API_KEY'\]") as error:
            call_command("stripe_verify", *option, stdout=out, stderr=err)
        assert (error.value.returncode, out.getvalue(), err.getvalue()) == (1, "", "")

    def test_missing_answer_fails_the_command(self, stripe_api):
        stripe_api.fail_with(401)
        with pytest.raises(CommandError, match="differences"):
            call_command("stripe_verify")


def test_subscription_of_many_items_is_listed_whole(mirrored):
    pages = listing.list_pages(StripeSubscription.kind, None)
    listed = [data for page in pages for data in page.objects]
    assert sorted(len(data["items"]["data"]) for data in listed) == [1, 31]
