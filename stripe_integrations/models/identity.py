from __future__ import annotations

from typing import ClassVar

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel
from stripe_integrations.models.fields import StripeLink
from stripe_integrations.models.querysets import OfCustomerQuerySet


class StripeBaseVerificationSession(StripeModel):
    """A verification session, without what it found out about the person.

    Follows https://docs.stripe.com/api/identity/verification_sessions/object.
    """

    stripe_paths = {
        "customer": ("related_customer",),
        "last_error_code": ("last_error.code",),
        "redaction_status": ("redaction.status",),
    }

    customer = StripeLink(conf.model_label("Customer"), related_name="verification_sessions")
    type = models.CharField(max_length=255, null=True, blank=True)
    status = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    client_reference_id = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    last_error_code = models.CharField(max_length=255, null=True, blank=True)
    redaction_status = models.CharField(max_length=255, null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    objects: ClassVar = OfCustomerQuerySet.as_manager()

    class Meta:
        abstract = True


class VerificationSession(StripeBaseVerificationSession):
    class Meta(StripeBaseVerificationSession.Meta):
        swappable = conf.swappable("VerificationSession")
