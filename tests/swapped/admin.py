"""How a project shows its own models in the admin: with our classes, or with classes of its own."""

from django.contrib import admin

from stripe_integrations import admin as stripe
from stripe_integrations import conf, kinds
from tests.swapped import models

admin.site.register(models.Event, stripe.EventAdmin)
admin.site.register(models.StripeObject, stripe.StripeObjectAdmin)
for _kind in kinds.MIRRORED.values():
    if _kind is not kinds.PRODUCT:
        admin.site.register(conf.model(_kind.model), stripe.MirrorAdmin)


@admin.register(models.Product)
class ProductAdmin(stripe.MirrorAdmin):
    list_filter = (*stripe.MirrorAdmin.list_filter, "ours")

    def get_list_display(self, request):
        return (*super().get_list_display(request), "ours")
