"""What the view-set of seed 003 imports as `payment.models.Event`."""

from stripe_integrations.models import StripeBaseEvent


class Event(StripeBaseEvent):
    pass
