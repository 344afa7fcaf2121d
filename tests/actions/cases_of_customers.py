"""The verbs of customers, their tax ids, and checkouts."""

from stripe_integrations.actions import (
    StripeCard,
    StripeCheckout,
    StripeCustomer,
    StripePaymentMethod,
    StripeTaxId,
)
from tests.actions.verb_case import VerbCase, customer, in_all, user


def customer_with_a_card(api):
    """Return the row of a customer who has a payment method."""
    owner = customer(api)
    api.create("payment_methods", {"id": "pm_visa", "customer": owner.pk})
    StripePaymentMethod.retrieve("pm_visa")
    return owner


def tax_id(api):
    """Return the row of a tax id of a customer's."""
    return StripeTaxId.create(customer(api), "eu_vat", "DE123456789")


def buyer(api):
    """Return a local user without a customer; there are prices to choose from."""
    api.create("prices", {"id": "price_gold"})
    api.create("prices", {"id": "price_mug", "recurring": None, "type": "one_time"})
    return user()


def customer_who_buys(api):
    """Return the row of a customer; there are prices to choose from."""
    buyer(api)
    return customer(api)


def checkout(api):
    """Return the row of a session that is open."""
    return StripeCheckout.create(buyer(api), ["price_gold"], success_url="https://shop.test/done")


def tax_ids(api):
    """Return the values of all tax ids."""
    return [each["value"] for each in api.current.others.get("tax_ids", {}).values()]


def balances(api):
    """Return the balances, and how many transactions they are the sum of."""
    found = in_all("customers", "balance")(api)
    kept = api.current.others.items()
    counts = [len(each) for name, each in kept if name.endswith("balance_transactions")]
    return found, counts


def sessions(api):
    """Return what there is of customers and sessions."""
    names = ("mode", "status", "client_reference_id")
    found = in_all("checkout/sessions", *names)(api)
    return len(api.objects["customers"]), [(*some, bool(user)) for *some, user in found]


def card(api):
    """Return the row of a card of a customer's."""
    return StripeCard.create(customer(api), "tok_visa")


def cards(api):
    """Return the last digits of all cards."""
    return [each["last4"] for kept in api.current.sources.values() for each in kept.values()]


def nothing(_api):
    """Return what Stripe has after a call that leaves nothing to see."""


ADDRESSES = {
    "success_url": "https://shop.test/done",
    "cancel_url": "https://shop.test/cart",
}
TAX_ID = ("eu_vat", "DE123456789")

CASES = [
    VerbCase(StripeCustomer, "create", user, in_all("customers", "name"), ["Ada"],
             kwargs={"name": "Ada"}, is_of_user=True),
    VerbCase(StripeCustomer, "update", customer, in_all("customers", "name"), ["Countess"],
             kwargs={"name": "Countess"}),
    VerbCase(StripeCustomer, "delete", customer, in_all("customers", "id"), []),
    VerbCase(StripeCustomer, "adjust_balance", customer, balances, ([-500], [1]), args=(-500,),
             kwargs={"description": "sorry"}),
    VerbCase(StripeCustomer, "set_default_payment_method", customer_with_a_card,
             in_all("customers", "invoice_settings"), [{"default_payment_method": "pm_visa"}],
             args=("pm_visa",)),
    VerbCase(StripeCustomer, "add_tax_id", customer, tax_ids, ["DE123456789"], args=TAX_ID),
    VerbCase(StripeCustomer, "remove_tax_id", tax_id, tax_ids, []),
    VerbCase(StripeCustomer, "portal_url", customer, nothing, None,
             args=("https://shop.test/account",), is_repeatable=True),
    VerbCase(StripeCard, "create", customer, cards, ["4242"], args=("tok_visa",)),
    VerbCase(StripeCard, "delete", card, cards, []),
    VerbCase(StripeTaxId, "create", customer, tax_ids, ["DE123456789"], args=TAX_ID),
    VerbCase(StripeTaxId, "delete", tax_id, tax_ids, []),
    VerbCase(StripeCheckout, "create", buyer, sessions,
             (1, [("subscription", "open", True)]), args=(["price_gold"],), kwargs=ADDRESSES,
             is_of_user=True, note="of a user, for a subscription"),
    VerbCase(StripeCheckout, "create", customer_who_buys, sessions,
             (1, [("payment", "open", False)]), args=([("price_mug", 2)], "payment"),
             kwargs=ADDRESSES, note="of a customer, for a payment"),
    VerbCase(StripeCheckout, "create", customer_who_buys, sessions,
             (1, [("setup", "open", False)]),
             kwargs={"mode": "setup", "success_url": "https://shop.test/done", "currency": "eur"},
             note="for a setup"),
    VerbCase(StripeCheckout, "create", buyer, sessions, (1, [("subscription", "open", True)]),
             args=(["price_gold"],),
             kwargs={"ui_mode": "embedded_page", "return_url": "https://shop.test/done"},
             is_of_user=True, note="embedded"),
    VerbCase(StripeCheckout, "expire", checkout, sessions,
             (1, [("subscription", "expired", True)])),
]  # fmt: skip
