"""The examples of docs/access.rst and docs/money.rst, run, and what they do."""

import re
import sys
import textwrap
import types

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Engine
from django.test import RequestFactory
from rest_framework.test import APIRequestFactory, force_authenticate

from stripe_integrations import conf, models
from tests.test_docs import BLOCK, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    user = get_user_model().objects.create(username="ada")
    conf.model("Customer").objects.create(id="cus_1", user=user)
    return user


@pytest.fixture
def subscription(user):
    conf.model("SubscriptionItem").objects.create(
        id="si_1", subscription_id="sub_1", product_id="prod_reports"
    )
    conf.model("ActiveEntitlement").objects.create(
        id="ent_1", customer_id="cus_1", lookup_key="reports"
    )
    return conf.model("Subscription").objects.create(
        id="sub_1", customer_id="cus_1", status="active"
    )


@pytest.fixture
def names(user, monkeypatch):
    """What the examples speak of without saying where it is from."""
    for name in ("Customer", "Subscription"):  # a project that swaps them imports its own
        monkeypatch.setattr(models, name, conf.model(name))
    request = RequestFactory().get("/")
    request.user = user
    price = conf.model("Price")(unit_amount=1050, currency="usd")
    return {"request": request, "team": user, "price": price, "__name__": "examples"}


def code_of(name, language):
    """Return the blocks of a page in one language."""
    blocks = [found for found in BLOCK.finditer(page(name)) if found["language"] == language]
    return [textwrap.dedent(found["code"]) for found in blocks]


def run(name, names):
    for code in code_of(name, "python"):
        exec(compile(code, f"docs/{name}.rst", "exec"), names)
    return names


def rendered(page, libraries, context):
    """Render the template of a page with libraries of tags, by their modules."""
    (template,) = code_of(page, "html+django")
    return Engine(libraries=libraries).from_string(template).render(Context(context))


def test_view_is_for_subscribers(monkeypatch, names, user, subscription):
    shown = []
    run("access", names)
    monkeypatch.setitem(names, "render", lambda *given: shown.append(given))
    names["reports"](names["request"])
    assert [(template, context) for _, template, context in shown] == [
        ("reports.html", {"subscription_ends": False})
    ]
    subscription.delete()
    assert names["reports"](names["request"]).url == "/pricing"


def test_decorated_view_is_for_subscribers(names, subscription):
    run("access", names)
    assert names["members"](names["request"]).content == b"For members."
    names["request"].user = AnonymousUser()
    assert names["members"](names["request"]).url.startswith("/pricing")


def test_team_is_given_where_users_are(names, user, subscription):
    run("own_owner", names)
    assert [names["customer"].pk, *user.stripe_customers.values_list("pk", flat=True)] == (
        ["cus_1", "cus_1"]
    )


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("past_due", "failed"),
        ("incomplete", "confirm"),
        ("trialing", "trial"),
        ("canceled", "ended"),
    ],
)
def test_notice_tells_states_apart(names, user, subscription, status, word):
    run("access", names)
    assert names["notice"](user) is None
    type(subscription).objects.update(status=status)
    assert word in names["notice"](user)


def test_template_shows_what_is_paid_for(monkeypatch, names, user, subscription):
    own_tags = types.ModuleType("own_tags")
    own_tags.register = run("access", names)["register"]
    monkeypatch.setitem(sys.modules, "own_tags", own_tags)
    for somebody, expected in ((user, True), (AnonymousUser(), False)):
        text = rendered("access", {"billing": "own_tags"}, {"user": somebody})
        assert ("Reports</a>" in text, "Thank you" in text) == (expected, expected)


def test_permission_is_for_the_entitled(names, user, subscription):
    view = run("access", names)["ReportView"].as_view()
    request = APIRequestFactory().get("/")
    force_authenticate(request, user)
    assert view(request).status_code == 200
    conf.model("ActiveEntitlement").objects.all().delete()
    refused = view(request)
    assert (refused.status_code, refused.data["detail"]) == (
        403,
        "Your plan does not include this.",
    )


def test_amounts_are_as_the_page_says(names):
    run("money", names)
    said = re.findall(
        r"^(format_money\(.*\))  # (.*)$", code_of("money", "python")[0], re.MULTILINE
    )
    assert len(said) == 4
    for call, expected in said:
        assert str(eval(call, names)).replace("\xa0", " ") == expected


def test_template_shows_the_price():
    price = conf.model("Price")(
        unit_amount=2000, currency="eur", recurring_interval="month", recurring_interval_count=1
    )
    invoice = conf.model("Invoice")(total=1050, currency="usd")
    context = {"price": price, "invoice": invoice}
    libraries = {"stripe": "stripe_integrations.templatetags.stripe"}
    assert rendered("money", libraries, context).strip().split("\n") == ["$10.50", "€20.00 / month"]
