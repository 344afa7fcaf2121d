"""What is at the fake Stripe: made there as somebody else would, and looked at."""

from stripe_integrations.testing import objects
from stripe_integrations.testing.fake_stripe.keeping import objects_at


def make(api, path, **params):
    """Post to the fake Stripe without a request, and return the object."""
    return api.made("POST", path.split("/"), params)


def held(resource, *names):
    """Return a function of the values that all objects of a resource have at Stripe.

    It is a list of one value for each object, or of a tuple where several names are given.
    """

    def values(api):
        found = [
            tuple(each.get(name) for name in names) for each in objects_at(api, resource).values()
        ]
        return [one for (one,) in found] if len(names) == 1 else found

    return values


def make_what_examples_name(api):
    """Make what the examples of payments and invoices speak of by its id."""
    api.create("payment_methods", {"id": "pm_new", "customer": None})
    sums = {"amount": 1050, "amount_captured": 0, "amount_refunded": 1050, "currency": "usd"}
    lone = {"captured": False, "customer": "cus_123", "payment_intent": None}
    objects_at(api, "charges")["ch_123"] = objects.build("charge", "ch_123", **sums, **lone)
    objects_at(api, "refunds")["re_123"] = objects.build(
        "refund", "re_123", amount=50, charge="ch_123", status="requires_action"
    )
    made = {"customer": "cus_123", "status": "open", "status_transitions": {}}
    objects_at(api, "invoices")["in_open"] = objects.build("invoice", "in_open", **made)
