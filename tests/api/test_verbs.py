import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from rest_framework import serializers
from rest_framework.test import APIClient, APIRequestFactory, force_authenticate
from rest_framework.throttling import BaseThrottle

from stripe_integrations import conf
from stripe_integrations.api import CheckoutViewSet, SubscriptionViewSet
from stripe_integrations.api.serializers import SubscriptionSerializer
from tests.api.conftest import logged_in

pytestmark = pytest.mark.django_db(transaction=True)

DONE = "https://testserver/done?session={CHECKOUT_SESSION_ID}"
GOLD = {"line_items": [{"price": "price_1"}], "success_url": DONE}
SUBSCRIPTION = "/billing/subscriptions/sub_ada_0/"
VERBS = {
    "/billing/checkout/": GOLD,
    "/billing/portal/": {},
    "/billing/setup-intent/": {},
    f"{SUBSCRIPTION}cancel/": {},
    f"{SUBSCRIPTION}resume/": {},
    f"{SUBSCRIPTION}swap/": {"items": [{"price": "price_year"}]},
}


@pytest.fixture(autouse=True)
def stripe(at_stripe):
    return at_stripe


def post(client, path, body=None, **headers):
    return client.post(f"/billing/{path}/", body or {}, format="json", headers=headers)


def sent(stripe):
    return stripe.requests[-1].params


def test_checkout_opens_for_the_prices_that_are_named(as_ada, stripe):
    wanted = [{"price": "gold", "quantity": 3}, {"price": "price_mug"}]
    answered = post(as_ada, "checkout", {**GOLD, "line_items": wanted, "cancel_url": DONE})
    assert answered.status_code == 201
    assert answered["Cache-Control"] == "private, no-store"
    session = answered.json()
    assert session["url"].startswith("https://checkout.stripe.com/")
    assert (session["mode"], session["status"]) == ("subscription", "open")
    assert sent(stripe)["customer"] == "cus_ada"
    assert sent(stripe)["line_items"] == [
        {"price": "price_1", "quantity": 3},
        {"price": "price_mug", "quantity": 1},
    ]
    assert sent(stripe)["success_url"] == sent(stripe)["cancel_url"] == DONE
    mug = post(as_ada, "checkout", {**GOLD, "line_items": [{"price": "price_mug"}]})
    assert mug.json()["mode"] == "payment"


def test_user_without_a_customer_gets_one(stripe):
    eve = logged_in(get_user_model().objects.create_user("eve", "eve@example.com"))
    refused = post(eve, "portal")
    assert (refused.status_code, refused.json()["code"]) == (409, "no_customer")
    assert post(eve, "setup-intent").status_code == 201
    assert post(eve, "checkout", GOLD).status_code == 201
    assert post(eve, "portal").status_code == 201
    made = conf.model("Customer").objects.get(user__username="eve")
    assert (made.email, sent(stripe)["customer"]) == ("eve@example.com", made.pk)


def test_same_checkout_is_opened_once(as_ada, stripe):
    ids = {post(as_ada, "checkout", GOLD).json()["id"] for _ in range(2)}
    assert len(ids) == 1
    ids.add(post(as_ada, "checkout", GOLD, **{"Idempotency-Key": "second"}).json()["id"])
    assert len(ids) == len(stripe.objects["checkout/sessions"]) == 2


def test_portal_and_setup_intent_give_what_the_browser_needs(as_ada, stripe):
    answered = post(as_ada, "portal", {"return_url": "https://testserver/account"})
    assert (answered.status_code, list(answered.json())) == (201, ["url"])
    assert sent(stripe)["return_url"] == "https://testserver/account"
    intent = post(as_ada, "setup-intent").json()
    assert intent["client_secret"].startswith(intent["id"])
    assert sent(stripe) == {"customer": "cus_ada"}


def test_subscription_is_canceled_resumed_and_swapped(as_ada, stripe):
    answers = [
        post(as_ada, "subscriptions/sub_ada_0/cancel"),
        post(as_ada, "subscriptions/sub_ada_0/resume"),
        post(as_ada, "subscriptions/sub_ada_0/swap", {"items": [{"price": "price_year"}]}),
        post(as_ada, "subscriptions/sub_ada_0/cancel", {"at_period_end": False}),
    ]
    assert [each.status_code for each in answers] == [200] * 4
    seen = [each.json() for each in answers]
    assert [each["cancel_at_period_end"] for each in seen] == [True, False, False, False]
    assert [each["items"][0]["price"]["id"] for each in seen] == [
        *["price_1"] * 2,
        *["price_year"] * 2,
    ]
    assert [each["status"] for each in seen] == [*["active"] * 3, "canceled"]
    assert stripe.objects["subscriptions"]["sub_ada_0"]["status"] == "canceled"
    assert as_ada.get("/billing/subscriptions/sub_ada_0/").json() == seen[-1]
    over = post(as_ada, "subscriptions/sub_ada_0/resume")
    assert (over.status_code, "canceled" in over.json()["detail"]) == (400, True)


def test_key_of_the_client_is_told_to_stripe_as_one_of_the_owner(as_ada, bob, stripe):
    keys = []
    for client in (as_ada, as_ada, logged_in(bob)):
        for path in ("checkout", "portal"):
            post(client, path, GOLD, **{"Idempotency-Key": "order-1"})
            keys.append(
                [each for each in stripe.requests if each.method == "POST"][-1].idempotency_key
            )
    assert keys[:2] == keys[2:4]
    assert len(set(keys)) == 4
    assert "order-1" not in "".join(keys)
    other = {**GOLD, "line_items": [{"price": "price_year"}]}
    conflict = post(as_ada, "checkout", other, **{"Idempotency-Key": "order-1"})
    assert (conflict.status_code, set(conflict.json())) == (409, {"detail", "code"})
    for key in ("", "k" * 256, "schlüssel"):
        assert post(as_ada, "checkout", GOLD, **{"Idempotency-Key": key}).status_code == 400


def test_project_adds_parameters(as_ada, stripe, monkeypatch):
    monkeypatch.setattr(
        CheckoutViewSet, "get_stripe_params", lambda self, verb: {"allow_promotion_codes": True}
    )
    assert post(as_ada, "checkout", {**GOLD, "allow_promotion_codes": False}).status_code == 201
    assert sent(stripe)["allow_promotion_codes"] is True


@pytest.mark.parametrize(
    ("status", "answer", "code"),
    [
        (402, 402, "payment_failed"),
        (400, 400, "refused_by_stripe"),
        (429, 503, "stripe_unavailable"),
        (401, 503, "stripe_unavailable"),
        (403, 503, "stripe_unavailable"),
        (500, 503, "stripe_unavailable"),
    ],
)
def test_error_of_stripe_has_the_form_of_drf(as_ada, stripe, status, answer, code):
    stripe.fail_with(status)
    told = "Stripe is told to fail." if answer < 500 else "Stripe does not answer: try again later."
    for path, body in VERBS.items():
        answered = as_ada.post(path, body, format="json")
        assert answered.status_code == answer
        assert answered.json() == {"detail": told, "code": code}
        assert answered.get("Retry-After") == ("10" if answer == 503 else None)
        assert answered["Cache-Control"] == "private, no-store"


def test_declined_card_says_so(as_ada, stripe, monkeypatch):
    handle = stripe.handle

    def declining(method, path, params, headers):
        if method == "POST":
            return stripe.attach("cus_ada", "tok_chargeDeclined"), False
        return handle(method, path, params, headers)

    monkeypatch.setattr(stripe, "handle", declining)
    answered = post(as_ada, "subscriptions/sub_ada_0/swap", {"items": [{"price": "price_year"}]})
    assert answered.status_code == 402
    assert answered.json() == {"detail": "Your card was declined.", "code": "card_declined"}


@pytest.mark.parametrize("way", ["down", "no key"])
def test_stripe_that_cannot_be_asked_is_503(as_ada, stripe, settings, way):
    if way == "down":
        stripe.down()
    else:
        settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "API_KEY": None}
    assert post(as_ada, "portal").status_code == 503


def test_nobody_is_refused(stripe):
    for path, body in VERBS.items():
        assert APIClient().post(path, body, format="json").status_code in (401, 403)
        assert APIClient().post(path.replace("ada", "absent")).status_code in (401, 403)
    assert stripe.requests == []


def test_customer_is_committed_before_stripe_is_asked_again(
    stripe, monkeypatch, before_each_answer
):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    eve, seen = get_user_model().objects.create_user("eve"), []
    of_eve = conf.model("Customer").objects.filter(user=eve)
    before_each_answer(lambda request: seen.append(of_eve.all().exists()))
    assert post(logged_in(eve), "checkout", GOLD).status_code == 201
    assert seen == [False, True]


class OwnSerializer(SubscriptionSerializer):
    own = serializers.ReadOnlyField(default="ours")


class Twice(BaseThrottle):
    """Lets two requests in."""

    left = 2

    def allow_request(self, request, view):
        Twice.left -= 1
        return Twice.left >= 0


class OwnSubscriptionViewSet(SubscriptionViewSet):
    serializer_class = OwnSerializer
    throttle_classes = (Twice,)


def test_throttle_and_serializer_of_a_derived_viewset_are_those_of_its_verbs(ada, monkeypatch):
    monkeypatch.setattr(Twice, "left", 2)
    cancel = OwnSubscriptionViewSet.as_view(
        {"post": "cancel"}, **OwnSubscriptionViewSet.cancel.kwargs
    )
    answers = []
    for _ in range(3):
        request = APIRequestFactory().post("/", {}, format="json")
        force_authenticate(request, ada)
        answers.append(cancel(request, pk="sub_ada_0"))
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[0].data["own"] == "ours"
