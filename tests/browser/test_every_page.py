"""Every page of the admin on a desk and on a phone, light and dark: readable, and nothing cut off.

The fixture `walker` finds no error in the console.
"""

import pytest
from django.contrib.admin.utils import quote
from django.urls import reverse

from stripe_integrations import conf
from tests.admin import rows
from tests.browser import realistic
from tests.browser.accessibility import severe_faults

pytestmark = pytest.mark.django_db(transaction=True)

DESK, PHONE = 1280, 420
#: The pages whose pictures the documentation shows, as they are at 1280 pixels.
SHOWN = {
    ("Customer", "page", "light"): "customer",
    ("Subscription", "list", "light"): "subscriptions",
    ("Event", "list", "dark"): "events",
    ("WebhookEndpoint", "list", "light"): "endpoints",
}


def pages():
    """Yield the kind and the address of each list, and of the page of one row of it."""
    for kind in rows.KINDS:
        model = conf.model(kind)
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield kind, "list", reverse(f"{name}_changelist")
        row = model.objects.order_by("pk").first() or rows.make(kind, 9)
        yield kind, "page", reverse(f"{name}_change", args=[quote(str(row.pk))])
        if kind == "WebhookEndpoint":
            yield kind, "add", reverse(f"{name}_add")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_page_is_readable_and_not_cut_off(walker, theme, pictures):
    realistic.fill()
    walker.use_theme(theme)
    faults = []
    for kind, view, path in list(pages()):
        for width in (DESK, PHONE):
            walker.resize(width)
            walker.go(path)
            faults += [(kind, view, width, *each) for each in severe_faults(walker.driver)]
            if width == DESK and walker.is_wider_than_the_window():
                faults.append((kind, view, "is wider than the window"))
            if width == DESK and view == "list" and walker.is_scrolled("#changelist-form .results"):
                faults.append((kind, view, "has columns that do not fit"))
            walker.picture(f"every-{kind}-{view}-{width}-{theme}")
            if width == DESK and (kind, view, theme) in SHOWN:
                walker.resize(width, height=620)
                pictures(SHOWN[kind, view, theme])
    walker.use_theme(None)
    walker.resize(DESK)
    assert faults == [], "\n".join(str(each) for each in faults)
