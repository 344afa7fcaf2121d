from django.contrib import admin

from billing.models import Notice, Product

admin.site.register([Notice, Product])
