from __future__ import annotations

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel


class StripeBaseObject(StripeModel):
    """An object of any kind that has no model of its own.

    Its key is its kind and its id, since objects of two kinds may have one id. Follows
    https://docs.stripe.com/api.
    """

    stripe_paths = {"kind": ("object",)}
    stripe_chosen_ids = True

    kind = models.CharField(
        max_length=255,
        default="",
        db_index=True,
        help_text="The value of the object's attribute `object`.",
    )

    class Meta:
        abstract = True

    @property
    def stripe_id(self) -> str:
        """The object's id at Stripe."""
        return super().stripe_id.removeprefix(f"{self.kind}/")


class StripeObject(StripeBaseObject):
    class Meta(StripeBaseObject.Meta):
        swappable = conf.swappable("StripeObject")
