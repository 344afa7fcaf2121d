from django.contrib import admin

from billing.models import Notice, Product
from stripe_integrations.admin import MirrorAdmin

admin.site.register(Notice)
admin.site.register(Product, MirrorAdmin)
