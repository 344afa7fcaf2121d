"""The verbs of payment methods, intents, charges and refunds."""

from stripe_integrations.actions import (
    StripeCharge,
    StripePaymentIntent,
    StripePaymentMethod,
    StripeRefund,
    StripeSetupIntent,
)
from stripe_integrations.testing import objects
from stripe_integrations.testing.fake_stripe.keeping import objects_at
from tests.actions.at_stripe import held, make
from tests.actions.verb_case import VerbCase, customer


def customer_with_method(api):
    """Return the row of a customer who has a payment method."""
    owner = customer(api)
    api.create("payment_methods", {"id": "pm_1", "customer": owner.pk})
    StripePaymentMethod.retrieve("pm_1")
    return owner


def method(api):
    """Return the row of a payment method of a customer's."""
    customer_with_method(api)
    return StripePaymentMethod.retrieve("pm_1")


def loose_method(api):
    """Return the row of a payment method that is nobody's yet."""
    customer(api)
    api.create("payment_methods", {"id": "pm_1", "customer": None})
    return StripePaymentMethod.retrieve("pm_1")


def setup_intent(api):
    customer_with_method(api)
    return StripeSetupIntent.retrieve(make(api, "setup_intents", customer="cus_ada")["id"])


def intent(api, **params):
    """Return the row of a payment intent that is to be confirmed."""
    customer_with_method(api)
    asked = {"amount": 1050, "currency": "usd", "customer": "cus_ada", "payment_method": "pm_1"}
    return StripePaymentIntent.retrieve(make(api, "payment_intents", **asked, **params)["id"])


def authorized(api):
    """Return the row of a payment intent whose money is to be captured."""
    row = intent(api, capture_method="manual")
    make(api, f"payment_intents/{row.pk}/confirm")
    return StripePaymentIntent.retrieve(row.pk)


def paid(api):
    """Return the row of a payment intent that has succeeded."""
    row = intent(api)
    make(api, f"payment_intents/{row.pk}/confirm")
    return StripePaymentIntent.retrieve(row.pk)


def paid_charge(api):
    """Return the row of a charge that a payment intent made."""
    return StripeCharge.retrieve(paid(api).latest_charge_id)


def charge(api):
    """Return the row of an authorized charge that no payment intent made."""
    sums = {"amount_captured": 0, "amount_refunded": 0}
    values = {**sums, "captured": False, "payment_intent": None}
    made = objects.build("charge", "ch_1", amount=1050, currency="usd", **values)
    objects_at(api, "charges")["ch_1"] = {**made, "customer": customer(api).pk}
    return StripeCharge.retrieve("ch_1")


def refund(api):
    """Return the row of a refund."""
    made = make(api, "refunds", payment_intent=paid(api).pk, amount=50)
    return StripeRefund.retrieve(made["id"])


def waiting_refund(api):
    """Return the row of a refund for which the customer has to do something."""
    row = refund(api)
    objects_at(api, "refunds")[row.pk]["status"] = "requires_action"
    return StripeRefund.retrieve(row.pk)


def defaults(api):
    return [each["invoice_settings"] for each in api.objects["customers"].values()]


METHODS = [
    VerbCase(
        StripePaymentMethod,
        "attach",
        loose_method,
        held("payment_methods", "customer"),
        ["cus_ada"],
        args=("cus_ada",),
    ),
    VerbCase(StripePaymentMethod, "detach", method, held("payment_methods", "customer"), [None]),
    VerbCase(
        StripePaymentMethod,
        "update",
        method,
        held("payment_methods", "metadata"),
        [{"a": "b"}],
        kwargs={"metadata": {"a": "b"}},
    ),
    VerbCase(
        StripePaymentMethod,
        "set_default",
        customer_with_method,
        defaults,
        [{"default_payment_method": "pm_1"}],
        args=("pm_1",),
    ),
    VerbCase(
        StripeSetupIntent,
        "create",
        customer_with_method,
        held("setup_intents", "customer", "status"),
        [("cus_ada", "requires_payment_method")],
    ),
    VerbCase(
        StripeSetupIntent,
        "confirm",
        setup_intent,
        held("setup_intents", "payment_method", "status"),
        [("pm_1", "succeeded")],
        kwargs={"payment_method": "pm_1"},
    ),
    VerbCase(
        StripeSetupIntent, "cancel", setup_intent, held("setup_intents", "status"), ["canceled"]
    ),
]
INTENTS = [
    VerbCase(
        StripePaymentIntent,
        "create",
        customer_with_method,
        held("payment_intents", "customer", "amount", "currency"),
        [("cus_ada", 1050, "usd")],
        args=(1050, "usd"),
    ),
    VerbCase(
        StripePaymentIntent,
        "update",
        intent,
        held("payment_intents", "amount"),
        [2000],
        args=(2000,),
    ),
    VerbCase(
        StripePaymentIntent,
        "confirm",
        intent,
        lambda api: (held("payment_intents", "status")(api), held("charges", "amount")(api)),
        (["succeeded"], [1050]),
    ),
    VerbCase(
        StripePaymentIntent,
        "capture",
        authorized,
        held("payment_intents", "status", "amount_received"),
        [("succeeded", 1050)],
        note="whole",
    ),
    VerbCase(
        StripePaymentIntent,
        "capture",
        authorized,
        held("payment_intents", "status", "amount_received"),
        [("succeeded", 500)],
        args=(500,),
        note="part",
    ),
    VerbCase(
        StripePaymentIntent, "cancel", intent, held("payment_intents", "status"), ["canceled"]
    ),
]
CHARGES = [
    VerbCase(
        StripeCharge,
        "update",
        charge,
        held("charges", "description"),
        ["For Ada"],
        kwargs={"description": "For Ada"},
    ),
    VerbCase(
        StripeCharge,
        "capture",
        charge,
        held("charges", "captured", "amount_captured"),
        [(True, 1050)],
        note="whole",
    ),
    VerbCase(
        StripeCharge,
        "capture",
        charge,
        held("charges", "captured", "amount_captured"),
        [(True, 500)],
        args=(500,),
        note="part",
    ),
    VerbCase(
        StripeRefund,
        "create",
        paid,
        held("charges", "amount_refunded", "refunded"),
        [(1050, True)],
        note="whole",
    ),
    VerbCase(
        StripeRefund,
        "create",
        paid,
        held("charges", "amount_refunded", "refunded"),
        [(500, False)],
        args=(500,),
        note="part",
    ),
    VerbCase(
        StripeRefund,
        "create",
        paid_charge,
        held("refunds", "charge", "amount"),
        [("ch_2", 500)],
        args=(500,),
        note="of a charge",
    ),
    VerbCase(
        StripeRefund,
        "update",
        refund,
        held("refunds", "metadata"),
        [{"a": "b"}],
        kwargs={"metadata": {"a": "b"}},
    ),
    VerbCase(
        StripeRefund,
        "cancel",
        waiting_refund,
        lambda api: (held("refunds", "status")(api), held("charges", "amount_refunded")(api)),
        (["canceled"], [0]),
    ),
]
CASES = [*METHODS, *INTENTS, *CHARGES]
