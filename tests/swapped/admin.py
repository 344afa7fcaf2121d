from django.contrib import admin

from stripe_integrations.admin import EventAdmin
from tests.swapped.models import Event

admin.site.register(Event, EventAdmin)
