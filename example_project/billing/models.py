from django.db import models

from stripe_integrations.models import StripeBaseProduct, StripeLink


class Product(StripeBaseProduct):
    """Our own product model, named by STRIPE_PRODUCT_MODEL."""

    featured = models.BooleanField(default=False, help_text="Ours; Stripe knows nothing of it.")
    statement_descriptor = models.CharField(
        max_length=255, null=True, blank=True, help_text="Filled by Stripe, by its name."
    )


class Notice(models.Model):
    """What we have told a customer."""

    customer = StripeLink("stripe_integrations.Customer", related_name="notices")
    text = models.TextField()

    def __str__(self) -> str:
        return self.text
