from __future__ import annotations

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel


class StripeBaseFile(StripeModel):
    """A file at Stripe's; its content is there, and its `url` asks for an API key.

    Follows https://docs.stripe.com/api/files/object.
    """

    filename = models.TextField(null=True, blank=True)
    title = models.TextField(null=True, blank=True)
    purpose = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    type = models.CharField(max_length=255, null=True, blank=True)
    size = models.BigIntegerField(null=True, blank=True)
    url = models.TextField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class File(StripeBaseFile):
    class Meta(StripeBaseFile.Meta):
        swappable = conf.swappable("File")
