"""The verbs of subscriptions."""

from stripe_integrations.actions import StripeSubscription
from stripe_integrations.testing import objects
from tests.actions.verb_case import VerbCase, customer, in_all


def customer_and_prices(api):
    """Return the row of a customer; there are prices to choose from."""
    for id in ("price_gold", "price_lead", "price_tin"):
        api.create("prices", {"id": id})
    return customer(api)


def subscription(api):
    """Return the row of a subscription to two units of one price."""
    owner = customer_and_prices(api)
    return StripeSubscription.create(owner, [{"price": "price_gold", "quantity": 2}])


def case(verb, at_stripe, expected, **values):
    """Return a case of a verb on a subscription."""
    values.setdefault("prepare", subscription)
    return VerbCase(StripeSubscription, verb, at_stripe=at_stripe, expected=expected, **values)


def items(api):
    """Return price and quantity of each item of each subscription."""
    return [
        [(item["price"]["id"], item["quantity"]) for item in each["items"]["data"]]
        for each in api.objects["subscriptions"].values()
    ]


def two_prices(api):
    """Return the row of a subscription to two prices."""
    owner = customer_and_prices(api)
    return StripeSubscription.create(owner, [("price_gold", 2), "price_tin"])


def canceled_at_period_end(api):
    """Return the row of a subscription that ends with the paid period."""
    return StripeSubscription.cancel(subscription(api))


def canceled_at_a_date(api):
    """Return the row of a subscription that ends at a date."""
    return StripeSubscription.cancel(subscription(api), at=SOON)


def paused(api):
    """Return the row of a subscription that is paused, as one whose trial ended with no card."""
    row = subscription(api)
    api.change("subscriptions", row.pk, {"status": "paused"})
    return StripeSubscription.retrieve(row.pk)


def uncollected(api):
    """Return the row of a subscription whose collection is paused."""
    return StripeSubscription.pause_collection(subscription(api))


def pauses(api):
    """Return how the collection of each subscription is paused."""
    return in_all("subscriptions", "pause_collection")(api)


def ends(api):
    """Return when each subscription ends, and whether with the paid period."""
    return in_all("subscriptions", "cancel_at", "cancel_at_period_end")(api)


#: A time to come.
SOON = objects.NOW + 10 * 86_400
states = in_all("subscriptions", "status")
UNCHANGED = [[("price_gold", 2)]]

CASES = [
    case("create", items, [[("price_gold", 1)]], prepare=customer_and_prices,
         args=(["price_gold"],)),
    case("update", in_all("subscriptions", "collection_method"), ["send_invoice"],
         kwargs={"collection_method": "send_invoice"}),
    case("swap", items, [[("price_lead", 2)]], args=(["price_lead"],), note="to one price",
         kwargs={"proration_behavior": "always_invoice"}),
    case("swap", items, [[("price_lead", 5), ("price_tin", 1)]], prepare=two_prices,
         args=(["price_tin", ("price_lead", 5)],), note="of one of two"),
    case("add_price", items, [[("price_gold", 2), ("price_lead", 3)]], args=("price_lead", 3)),
    case("remove_price", items, [[("price_gold", 2)]], prepare=two_prices, args=("price_tin",)),
    case("set_quantity", items, [[("price_gold", 7)]], args=(7,)),
    case("set_quantity", items, [[("price_gold", 2), ("price_tin", 7)]], prepare=two_prices,
         args=(7, "price_tin"), note="of one of two"),
    case("increment_quantity", items, [[("price_gold", 3)]]),
    case("decrement_quantity", items, [[("price_gold", 1)]], args=(5,), note="to one"),
    case("decrement_quantity", items, [[("price_gold", 1)]]),
    case("extend_trial", in_all("subscriptions", "status", "trial_end"), [("trialing", SOON)],
         args=(SOON,)),
    case("cancel", states, ["canceled"], kwargs={"at_period_end": False}, note="now"),
    case("cancel", in_all("subscriptions", "status", "cancel_at_period_end"), [("active", True)],
         note="at period end"),
    case("cancel", ends, [(SOON, False)], kwargs={"at": SOON}, note="at a date"),
    case("resume", ends, [(None, False)], prepare=canceled_at_period_end,
         note="of a cancellation at period end"),
    case("resume", ends, [(None, False)], prepare=canceled_at_a_date,
         note="of a cancellation at a date"),
    case("resume", states, ["active"], prepare=paused, note="of a paused one"),
    case("pause_collection", pauses, [{"behavior": "void", "resumes_at": SOON}],
         kwargs={"resumes_at": SOON}),
    case("unpause_collection", pauses, [None], prepare=uncollected),
    case("preview_invoice", items, UNCHANGED, is_repeatable=True),
    case("preview_invoice", items, UNCHANGED, args=(["price_lead"],), is_repeatable=True,
         note="after a swap"),
]  # fmt: skip
