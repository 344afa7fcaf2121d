"""Webhook endpoints for the tests, as `stripe_endpoint create` would leave them."""

import uuid

from stripe_integrations import conf

SECRET = "whsec_of_the_endpoint"


def endpoint(id="we_1", *, secret=SECRET, expires_at=None, **values):
    """Insert an endpoint, with one secret unless that is None."""
    row = conf.model("WebhookEndpoint").objects.create(
        id=id,
        **{
            "uuid": uuid.uuid4(),
            "url": "https://example.com/stripe/webhook/",
            "status": "enabled",
            "livemode": False,
            "enabled_events": ["*"],
            **values,
        },
    )
    if secret is not None:
        row.secrets.create(name="first", value=secret, expires_at=expires_at)
    return row


def path(row):
    return f"/stripe/webhook/{row.uuid}"


def triggers(**filters):
    return conf.model("WebhookEventTrigger").objects.filter(**filters)
