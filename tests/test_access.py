"""What a customer has access to, from the mirror alone: one query, and no call to Stripe."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from stripe_integrations import conf
from stripe_integrations.access import (
    ended,
    entitled,
    incomplete,
    on_grace_period,
    on_trial,
    past_due,
    subscribed,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
STATES = [subscribed, on_trial, on_grace_period, past_due, incomplete, ended]


def rows(name):
    return conf.model(name).objects


def days(count):
    return timezone.now() + count * DAY


@pytest.fixture
def user():
    return get_user_model().objects.create(username="ada")


@pytest.fixture(autouse=True)
def customer(user):
    return rows("Customer").create(id="cus_1", user=user)


def subscription(id="sub_1", customer="cus_1", account=None, item=True, **values):
    if item:
        key = f"{account}/gold" if account else "gold"
        rows("SubscriptionItem").create(
            id=f"si_{id}", subscription_id=id, account=account, price_id=key, product_id=key
        )
    return rows("Subscription").create(
        id=id, customer_id=customer, account=account, **{"status": "active", **values}
    )


def said(owner, **which):
    """Return the names of the states that an owner is in."""
    return {state.__name__ for state in STATES if state(owner, **which)}


def test_what_is_left_of_a_deleted_customer_gives_no_access(user, customer):
    """The events of its subscription and its entitlements may come later, or never."""
    subscription(cancel_at_period_end=True, current_period_end=days(1))
    rows("ActiveEntitlement").create(id="ent_1", customer_id="cus_1", lookup_key="reports")
    for owner in (user, "cus_1"):
        assert "subscribed" in said(owner)
        assert entitled(owner, "reports")
    rows("Customer").update(deleted_at=timezone.now())
    for owner in (user, "cus_1"):
        assert said(owner) == set()
        assert not entitled(owner, "reports")
    rows("Subscription").update(status="canceled")
    assert said(user) == {"ended"}


def test_customer_that_has_not_arrived_has_access(user):
    subscription(customer="cus_2")
    rows("ActiveEntitlement").create(id="ent_2", customer_id="cus_2", lookup_key="reports")
    assert "subscribed" in said("cus_2")
    assert entitled("cus_2", "reports")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("active", {"subscribed"}),
        ("trialing", {"subscribed", "on_trial"}),
        ("past_due", {"past_due"}),
        ("incomplete", {"incomplete"}),
        ("incomplete_expired", set()),
        ("unpaid", set()),
        ("paused", set()),
        ("canceled", {"ended"}),
        ("invented", set()),
        (None, set()),
    ],
)
def test_status_says_what_state_an_owner_is_in(user, status, expected):
    subscription(status=status)
    assert said(user) == expected


def test_owner_is_a_user_a_row_or_an_id(user, customer):
    subscription()
    other = get_user_model().objects.create(username="bob")
    bob = rows("Customer").create(id="cus_2", user=other)
    for owner in (user, customer, "cus_1"):
        assert subscribed(owner)
    for owner in (other, bob, "cus_2", "cus_absent"):
        assert not subscribed(owner)


@pytest.mark.parametrize("nobody", [None, AnonymousUser()])
def test_nobody_has_access_to_nothing(nobody):
    subscription(customer=None)
    rows("ActiveEntitlement").create(id="ent_1", lookup_key="reports")
    assert said(nobody) == set()
    assert not entitled(nobody, "reports")


@pytest.mark.parametrize("owner", ["user", "customer", "cus_1"])
def test_each_question_is_one_query(request, owner, django_assert_num_queries):
    if owner != "cus_1":
        owner = request.getfixturevalue(owner)
    subscription()
    for state in STATES:
        for which in ({}, {"product": "gold"}, {"price": "gold"}, {"lookup_key": "monthly"}):
            with django_assert_num_queries(1):
                state(owner, **which)
    with django_assert_num_queries(1):
        entitled(owner, "reports")


class TestWhich:
    @pytest.fixture(autouse=True)
    def price(self):
        rows("Product").create(id="gold")
        rows("Price").create(id="gold", product_id="gold", lookup_key="monthly")
        rows("Price").create(id="silver", product_id="silver", lookup_key="yearly")

    @pytest.mark.parametrize("name", ["Price", "Product"])
    def test_product_or_price_is_a_row_or_an_id(self, user, name):
        subscription()
        row = rows(name).get(pk="gold")
        assert subscribed(user, **{name.lower(): row})
        assert subscribed(user, **{name.lower(): "gold"})
        assert not subscribed(user, **{name.lower(): "silver"})

    def test_lookup_key_is_that_of_the_items_price(self, user):
        subscription()
        assert subscribed(user, lookup_key="monthly")
        assert not subscribed(user, lookup_key="yearly")
        assert not subscribed(user, lookup_key="Monthly")
        assert not subscribed(user, lookup_key="")

    def test_any_item_counts(self, user):
        subscription()
        rows("SubscriptionItem").create(
            id="si_2", subscription_id="sub_1", price_id="silver", product_id="silver"
        )
        for id in ("gold", "silver"):
            assert subscribed(user, price=id)
            assert subscribed(user, product=id)

    def test_item_that_was_removed_does_not_count(self, user):
        subscription()
        rows("SubscriptionItem").update(deleted_at=timezone.now())
        assert not subscribed(user, product="gold")
        assert subscribed(user)

    def test_state_is_that_of_the_subscription_to_the_product(self, user):
        subscription(status="canceled")
        subscription("sub_2", item=False)
        assert said(user) == {"subscribed"}
        assert said(user, product="gold") == {"ended"}

    def test_price_of_an_old_subscription_is_a_plan(self, user):
        subscription()
        plan = rows("Plan").create(id="gold")
        assert subscribed(user, price=plan)

    def test_two_of_them_are_refused(self, user):
        with pytest.raises(TypeError, match="Pass one of product, price"):
            subscribed(user, product="gold", price="gold")

    def test_unknown_name_is_refused(self, user):
        with pytest.raises(TypeError, match="feature says nothing: pass product, price"):
            subscribed(user, feature="reports")

    @pytest.mark.parametrize("which", ["product", "price", "lookup_key"])
    def test_none_is_not_taken_for_any(self, user, which):
        subscription()
        with pytest.raises(TypeError, match="not an object of type NoneType"):
            subscribed(user, **{which: None})


def test_wrong_owner_is_refused():
    with pytest.raises(TypeError, match="Pass a customer, its id at Stripe or a user"):
        subscribed(rows("Product").create(id="prod_1"))
    with pytest.raises(ValueError, match="is no id of a Customer"):
        subscribed("")


class TestAccount:
    def test_subscription_of_a_connected_account_counts_for_that_account_alone(self, user):
        connected = rows("Customer").create(id="cus_2", user=user, account="acct_1")
        rows("Price").create(
            id="acct_1/gold", account="acct_1", lookup_key="monthly", product_id="acct_1/gold"
        )
        subscription("sub_2", "cus_2", "acct_1")
        for owner in (user, connected, "cus_2"):
            for which in ({}, {"product": "gold"}, {"price": "gold"}, {"lookup_key": "monthly"}):
                assert not subscribed(owner, **which)
                assert subscribed(owner, account="acct_1", **which)
                assert not subscribed(owner, account="acct_2", **which)
        assert said(user) == said("cus_2", account="acct_2") == set()

    def test_our_own_subscription_does_not_count_for_a_connected_account(self, user):
        subscription()
        assert not subscribed(user, account="acct_1")
        assert not subscribed("cus_1", account="acct_1", product="gold")

    def test_entitlement_of_a_connected_account_counts_for_that_account_alone(self, user):
        rows("Customer").create(id="cus_2", user=user, account="acct_1")
        rows("ActiveEntitlement").create(
            id="ent_1", customer_id="cus_2", account="acct_1", lookup_key="reports"
        )
        assert not entitled(user, "reports")
        assert entitled(user, "reports", account="acct_1")
        assert entitled("cus_2", "reports", account="acct_1")
        assert not entitled("cus_2", "reports")


class TestPeriodThatEnded:
    """Stripe's status is trusted, unless a guard says for how long."""

    @pytest.mark.parametrize(("end", "counts"), [(-4, False), (-2, True), (30, True), (None, True)])
    @pytest.mark.parametrize("status", ["active", "trialing"])
    def test_guard_leaves_out_what_ended_before(self, user, end, counts, status):
        subscription(status=status, current_period_end=end and days(end))
        assert subscribed(user)
        assert subscribed(user, grace=3 * DAY) is counts
        assert on_trial(user) is (status == "trialing")
        assert on_trial(user, grace=3 * DAY) is (counts and status == "trialing")
        for query in (rows("Subscription").current, rows("Subscription").active):
            assert query().exists()
            assert query(grace=3 * DAY).exists() is counts

    def test_past_due_counts_on_demand_and_within_the_guard(self, user):
        subscription(status="past_due", current_period_end=days(-4))
        assert not subscribed(user)
        assert subscribed(user, while_past_due=True)
        assert subscribed(user, while_past_due=True, grace=5 * DAY)
        assert not subscribed(user, while_past_due=True, grace=3 * DAY)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, False),
        ({"current_period_end": days(3)}, False),
        ({"cancel_at_period_end": True, "current_period_end": days(3)}, True),
        ({"cancel_at_period_end": True, "current_period_end": days(-1)}, False),
        ({"cancel_at_period_end": True}, True),
        ({"cancel_at": days(3)}, True),
        ({"cancel_at": days(-1)}, False),
        ({"cancel_at": days(40), "current_period_end": days(3)}, True),
        (
            {
                "cancel_at": days(-1),
                "cancel_at_period_end": True,
                "current_period_end": days(3),
            },
            False,
        ),
        ({"cancel_at": days(3), "status": "past_due"}, True),
        ({"cancel_at": days(3), "status": "canceled"}, False),
        ({"cancel_at": days(3), "status": "unpaid"}, False),
        ({"cancel_at": days(3), "deleted_at": days(0)}, False),
    ],
)
def test_grace_period_is_that_of_a_canceled_subscription_which_still_runs(user, values, expected):
    subscription(**values)
    assert on_grace_period(user) is expected


class TestEnded:
    def test_owner_without_a_subscription_has_not_ended(self, user):
        assert not ended(user)

    def test_all_subscriptions_have_to_be_over(self, user):
        subscription(status="canceled")
        subscription("sub_2", status="incomplete_expired")
        assert ended(user)
        subscription("sub_3", status="unpaid")
        assert not ended(user)


@pytest.mark.parametrize("status", ["active", "trialing", "past_due", "incomplete", "canceled"])
def test_deleted_subscription_does_not_count(user, status):
    subscription(status=status, deleted_at=timezone.now())
    assert said(user) == set()


class TestEntitled:
    @pytest.fixture(autouse=True)
    def entitlement(self):
        return rows("ActiveEntitlement").create(
            id="ent_1", customer_id="cus_1", feature_id="feat_1", lookup_key="reports"
        )

    def test_feature_is_a_lookup_key_or_a_row(self, user, customer):
        feature = rows("Feature").create(id="feat_1", lookup_key="reports")
        for owner in (user, customer, "cus_1"):
            assert entitled(owner, "reports")
            assert entitled(owner, feature)
            assert not entitled(owner, "Reports")
            assert not entitled(owner, conf.model("Feature")(pk="feat_2", lookup_key="reports"))
        assert not entitled("cus_2", "reports")

    def test_entitlement_that_was_withdrawn_does_not_count(self, user):
        rows("ActiveEntitlement").update(deleted_at=timezone.now())
        assert not entitled(user, "reports")

    def test_what_is_no_feature_is_refused(self, user):
        with pytest.raises(TypeError, match="Pass the lookup key of a Feature, or its row"):
            entitled(user, None)
