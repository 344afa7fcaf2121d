"""What a hostile client tries, and what comes of it."""

import base64
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client
from rest_framework.settings import api_settings

from stripe_integrations.actions import MIRRORED
from stripe_integrations.testing import objects
from tests.api.conftest import logged_in, put, seed
from tests.api.test_me import LISTS
from tests.api.test_verbs import GOLD, VERBS, post

pytestmark = pytest.mark.django_db(transaction=True)

ORIGIN = "https://app.example.com"
#: An origin that a browser leaves, written so that a careless reader takes it for another one.
HOSTILE = [
    "//evil.test",
    "///evil.test",
    "https:evil.test",
    "https:/evil.test",
    "https:///evil.test",
    "https://evil.test",
    "https://testserver.evil.test",
    "https://eviltestserver",
    "https://testserver@evil.test",
    "https://testserver:x@evil.test/",
    "https://testserver:443@evil.test",
    "https://testserver:0",
    "https://user@testserver",
    "https://@testserver",
    "https://evil.test\\@testserver",
    "https:\\\\evil.test",
    "https://testserver\\.evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "https://evil.test#@testserver",
    "https://evil.test?@testserver",
    "https://evil.test/https://testserver",
    "https://testserver:8443",
    "https://testserver:x",
    "https://testserver:99999",
    "https://[testserver",
    "https://testserver\u3002evil.test",
    "https://\uff54estserver",
    "https://testserver\u2100evil.test",
    "https://test\tserver",
    "ht\ntps://testserver",
    " https://testserver",
    "https://testserver ",
    "https://testserver\x00.evil.test",
    "javascript:alert(1)//testserver",
    "javascript://testserver/%0aalert(1)",
    "data:text/html,testserver",
    "ftp://testserver",
    "app://testserver",
    "testserver",
    "/done",
    "",
    "https://testserver/" + "a" * 5000,
    ["https://testserver"],
    {"$ne": "https://testserver"},
    None,
]


@pytest.mark.usefixtures("unthrottled")
def test_url_of_another_origin_is_refused(as_ada, at_stripe):
    accepted = [
        (name, url, answered.status_code)
        for url in HOSTILE
        for path, name in (
            ("checkout", "success_url"),
            ("checkout", "cancel_url"),
            ("portal", "return_url"),
        )
        if (answered := post(as_ada, path, {**GOLD, name: url})).status_code != 400
        or list(answered.json()) != [name]
    ]
    assert accepted == []
    assert at_stripe.requests == []


def test_url_of_an_allowed_origin_is_passed_on_as_it_is(as_ada, at_stripe, settings):
    for url in (
        "https://testserver",
        "http://testserver:80/a?b=//evil.test#c",
        "https://TestServer",
    ):
        assert post(as_ada, "portal", {"return_url": url}).status_code == 201
        assert at_stripe.requests[-1].params["return_url"] == url
    secure = {"wsgi.url_scheme": "https", "HTTP_HOST": "testserver"}
    refused = as_ada.post("/billing/portal/", {"return_url": "http://testserver"}, **secure)
    (what_to_do,) = refused.json()["return_url"]
    assert "one that begins with https://testserver; STRIPE_INTEGRATIONS['RETURN_" in what_to_do
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "RETURN_ORIGINS": [ORIGIN]}
    assert post(as_ada, "portal", {"return_url": f"{ORIGIN}/done"}).status_code == 201
    assert post(as_ada, "portal", {"return_url": "https://testserver"}).status_code == 400
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "RETURN_ORIGINS": []}
    assert post(as_ada, "portal", {"return_url": f"{ORIGIN}/done"}).status_code == 400


#: Prices that nobody may have.
NOT_FOR_SALE = [
    "price_old",  # archived
    "price_of_old",  # of an archived product
    "of_old",  # its lookup key
    "price_theirs",  # a connected account's
    "acct_1/price_theirs",
    "price_gone",
    "price_orphan",  # its product has not arrived
    "price_absent",
    "prod_1",
    "PRICE_1",
]


@pytest.mark.usefixtures("unthrottled")
def test_price_that_is_not_for_sale_is_refused(as_ada, at_stripe):
    MIRRORED["price"].soft_delete(put(objects.price("price_gone")))
    put(objects.price("price_orphan", product="prod_absent"))
    for price in [*NOT_FOR_SALE, "", None, {"id": "price_1"}, "a\x00b"]:
        items = [{"price": "price_year"}, {"price": price}]
        bought = post(as_ada, "checkout", {**GOLD, "line_items": items})
        swapped = post(as_ada, "subscriptions/sub_ada_0/swap", {"items": items})
        assert (bought.status_code, list(bought.json())) == (400, ["line_items"]), price
        assert (swapped.status_code, list(swapped.json())) == (400, ["items"]), price
    once = post(as_ada, "subscriptions/sub_ada_0/swap", {"items": [{"price": "price_mug"}]})
    assert once.json() == {"items": ["A subscription is to recurring prices."]}
    assert at_stripe.requests == []


NONSENSE = [
    [],
    {},
    None,
    "price_1",
    [["price_1"]],
    [{}],
    [{"price": "price_1", "quantity": 0}],
    [{"price": "price_1", "quantity": -1}],
    [{"price": "price_1", "quantity": 0.5}],
    [{"price": "price_1", "quantity": 10**30}],
    [{"price": "price_1"}, {"price": "gold", "quantity": 2}],
    [{"price_data": {"unit_amount": 1, "currency": "usd", "product": "prod_1"}}],
    [{"price": f"price_{number}"} for number in range(21)],
]


@pytest.mark.usefixtures("unthrottled")
def test_items_that_make_no_sense_are_refused(as_ada, at_stripe):
    for items in NONSENSE:
        assert post(as_ada, "checkout", {**GOLD, "line_items": items}).status_code == 400
        assert post(as_ada, "subscriptions/sub_ada_0/swap", {"items": items}).status_code == 400
    assert at_stripe.requests == []


#: What would change the price, or whose it is, if it reached Stripe.
MASS = {
    "amount": 1,
    "unit_amount": 1,
    "price_data": {"unit_amount": 1},
    "customer": "cus_bob",
    "client_reference_id": "1",
    "mode": "setup",
    "discounts": [{"coupon": "FREE"}],
    "coupon": "FREE",
    "subscription_data": {"trial_period_days": 700},
    "trial_end": 4102444800,
    "proration_behavior": "none",
    "metadata": {"user_id": "1"},
    "stripe_account": "acct_1",
    "account": "acct_1",
    "idempotency_key": "k",
    "api_key": "sk_test_evil",
    "owner": 1,
    "user": 1,
    "id": "sub_bob_0",
}


@pytest.mark.parametrize("path", VERBS)
def test_nothing_else_of_a_body_reaches_stripe(ada, bob, at_stripe, path):
    def acted(body):
        at_stripe.requests.clear()
        answered = logged_in(ada).post(path, body, format="json")
        assert answered.status_code < 300
        # What a verb was answered a while ago it reads again.
        return [each for each in at_stripe.requests if each.method == "POST"]

    body = VERBS[path]
    items = {
        name: [{**MASS, **item} for item in body[name]]
        for name in ("line_items", "items")
        if name in body
    }
    (hostile,) = acted({**MASS, **body, **items})
    for value in ("cus_bob", "sub_bob_0", "acct_1", "FREE", "sk_test_evil"):
        assert value not in repr(hostile.params) + str(hostile.account) + hostile.path
    allowed = {
        "customer", "client_reference_id", "mode", "line_items", "success_url",
        "cancel_at_period_end", "items",
    }  # fmt: skip
    assert set(hostile.params) <= allowed
    assert hostile.params.get("mode", "subscription") == "subscription"
    assert hostile.api_key == "sk_test_123"
    assert hostile.params.get("customer", "cus_ada") == "cus_ada"


@pytest.mark.parametrize("verb", ["cancel", "resume", "swap"])
def test_subscription_of_another_is_404_and_stays(ada, bob, at_stripe, verb):
    for id in ("sub_bob_0", "sub_absent", "%00", "..", "sub_ada_0%0d%0aX: y"):
        answered = post(logged_in(ada), f"subscriptions/{id}/{verb}", {"items": []})
        assert answered.status_code == 404
    assert at_stripe.requests == []


@pytest.mark.usefixtures("unthrottled")
@pytest.mark.parametrize("path", VERBS)
def test_verbs_take_post_alone_and_no_other_body(as_ada, at_stripe, path):
    for method in ("get", "put", "patch", "delete"):
        headers = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST"}
        asked = getattr(as_ada, method)
        assert asked(f"{path}?_method=POST", headers=headers).status_code == 405
    for body in ("[]", "null", '"x"', "{", "[" * 3000, '{"a": NaN}'):
        sent = as_ada.post(path, body, content_type="application/json")
        assert sent.status_code == 400
    surrogate = r'{"success_url": "\ud800", "line_items": [{"price": "\ud800"}], "items": "\ud800"}'
    if VERBS[path]:
        sent = as_ada.post(path, surrogate, content_type="application/json")
        assert sent.status_code == 400
    assert as_ada.post(path, "<a/>", content_type="text/xml").status_code == 415
    assert at_stripe.requests == []


def test_page_of_another_site_cannot_act_for_the_user(ada, at_stripe):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)
    for path, body in VERBS.items():
        assert browser.post(path, body, content_type="application/json").status_code == 403
    assert at_stripe.requests == []


def test_verbs_are_throttled_by_user(ada, bob, at_stripe, settings):
    cache.clear()
    assert {post(logged_in(ada), "portal").status_code for _ in range(30)} == {201}
    limited = post(logged_in(ada), "subscriptions/sub_ada_0/swap")
    assert (limited.status_code, limited["Cache-Control"]) == (429, "private, no-store")
    assert int(limited["Retry-After"]) <= 60
    assert logged_in(ada).get("/billing/subscriptions/").status_code == 200
    assert post(logged_in(bob), "portal").status_code == 201
    rates = api_settings.DEFAULT_THROTTLE_RATES
    settings.REST_FRAMEWORK = {"DEFAULT_THROTTLE_RATES": {**rates, "stripe": "1/hour"}}
    assert post(logged_in(bob), "portal").status_code == 429
    settings.REST_FRAMEWORK = {"DEFAULT_THROTTLE_RATES": {**rates, "stripe": None}}
    assert {post(logged_in(ada), "portal").status_code for _ in range(3)} == {201}


def test_two_users_in_parallel_never_see_each_other(catalogue, live_server):
    users = {name: seed(name, count=2) for name in ("ada", "bob")}
    addresses = [f"{live_server.url}/billing/{name}/" for name in ("customer", *LISTS)]
    urls = addresses * 4

    def read(name, url):
        secret = base64.b64encode(f"{name}:secret".encode()).decode()
        asked = urllib.request.Request(url, headers={"Authorization": f"Basic {secret}"})
        with urllib.request.urlopen(asked, timeout=30) as answered:
            return name, answered.read().decode()

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(read, name, url) for url in urls for name in users]
        seen = [each.result() for each in asked]
    connections.close_all()
    other = {"ada": "bob", "bob": "ada"}
    assert len(seen) == len(urls) * 2
    for name, text in seen:
        assert f"_{name}" in text
        assert f"_{other[name]}" not in text
        assert other[name] not in text.lower()
