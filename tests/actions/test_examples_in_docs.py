"""The examples of docs/actions.rst, run one after the other, and the table of verbs."""

import re
import textwrap
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model

from stripe_integrations import actions
from stripe_integrations.actions import StripeCustomer, StripePrice
from tests.actions.at_stripe import make_what_examples_name
from tests.actions.verb_cases import CASES
from tests.test_docs import BLOCK, page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def names(stripe_api):
    """What the examples speak of without saying where it is from."""
    stripe_api.create("prices", {"id": "price_123", "lookup_key": "silver_monthly"})
    stripe_api.create("prices", {"id": "price_gold", "lookup_key": "gold_monthly"})
    stripe_api.create("prices", {"id": "price_seat"})
    stripe_api.create("prices", {"id": "price_mug", "recurring": None, "type": "one_time"})
    StripePrice.sync_all()
    user = get_user_model().objects.create(username="ada", email="ada@lovelace.example")
    customer = StripeCustomer.create(user)
    for id in ("cus_123", "cus_old"):
        stripe_api.create("customers", {"id": id})
    stripe_api.create("payment_methods", {"id": "pm_123", "customer": customer.pk})
    items = [{"price": "price_seat"}]
    stripe_api.create("subscriptions", {"id": "sub_123", "customer": "cus_123", "items": items})
    with stripe_api.acting_for("acct_123"):
        stripe_api.create("topups", {"id": "tu_123"})
    make_what_examples_name(stripe_api)
    price = StripePrice.model().objects.get(pk="price_123")
    return {"request": SimpleNamespace(user=user), "customer": customer, "price": price}


def test_examples_run(names, stripe_api):
    text = page("actions")
    blocks = [found for found in BLOCK.finditer(text) if found["language"] == "python"]
    assert len(blocks) >= 8
    for found in blocks:
        line = text.count("\n", 0, found.start("code"))  # so that a traceback names it
        stripe_api.offset += 1  # of two subscriptions of one second, either may be the current one
        code = "\n" * line + textwrap.dedent(found["code"])
        exec(compile(code, "docs/actions.rst", "exec"), names)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_verb_has_an_example_and_is_in_the_table(case):
    verb = f"{case.action.__name__}.{case.verb}"
    examples = "".join(found["code"] for found in BLOCK.finditer(page("actions")))
    assert f"{verb}(" in examples
    assert re.search(rf"``{verb}\b", page("verbs"))


def test_verb_in_the_table_is_there():
    named = re.findall(r"``(Stripe\w+)\.(\w+)", page("verbs"))
    assert named
    assert [each for each in named if not hasattr(getattr(actions, each[0]), each[1])] == []
