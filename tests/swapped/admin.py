"""How a project shows its own models in the admin: with our classes, or with classes of its own."""

from django.contrib import admin

from stripe_integrations import admin as stripe
from tests.swapped import models

admin.site.register(models.BankAccount, stripe.BankAccountAdmin)
admin.site.register(models.Card, stripe.CardAdmin)
admin.site.register(models.Coupon, stripe.CouponAdmin)
admin.site.register(models.Customer, stripe.CustomerAdmin)
admin.site.register(models.Event, stripe.EventAdmin)
admin.site.register(models.Price, stripe.PriceAdmin)
admin.site.register(models.Source, stripe.SourceAdmin)
admin.site.register(models.Subscription, stripe.SubscriptionAdmin)


@admin.register(models.Product)
class ProductAdmin(stripe.ProductAdmin):
    list_display = (*stripe.ProductAdmin.list_display, "ours")
    list_filter = (*stripe.ProductAdmin.list_filter, "ours")
