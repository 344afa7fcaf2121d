"""The page of a user shows their customers, if the project's admin class wants it."""

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.urls import path

from stripe_integrations import conf
from stripe_integrations.admin import StripeCustomerInline
from tests.admin import rows
from tests.admin.conftest import url_of

pytestmark = pytest.mark.django_db


class OwnUserAdmin(UserAdmin):
    inlines = (StripeCustomerInline,)


site = admin.AdminSite(name="own")
site.register(get_user_model(), OwnUserAdmin)
urlpatterns = [path("own/", site.urls), path("admin/", admin.site.urls)]


@pytest.mark.urls(__name__)
def test_customers_of_a_user_are_linked_from_their_page(pages, pages_for):
    user = rows.user(1)
    rows.mirror("Customer", 1, name="<Ada>", balance=-1050, currency="usd", user=user)
    rows.mirror("Customer", 2)
    url = f"/own/auth/user/{user.pk}/change/"
    page = pages.client.get(url).content.decode()
    assert f'<a href="{url_of("Customer", "change", "cus_1")}">&lt;Ada&gt;</a>' in page
    assert "-$10.50 USD" in page
    assert "https://dashboard.stripe.com/test/customers/cus_1" in page
    assert "cus_2" not in page
    assert 'name="stripe_customers-TOTAL_FORMS" value="1"' in page
    answer = pages.client.post(
        url,
        {
            "username": "renamed",
            "date_joined_0": "2026-01-01",
            "date_joined_1": "12:00:00",
            "stripe_customers-TOTAL_FORMS": "1",
            "stripe_customers-INITIAL_FORMS": "1",
            "stripe_customers-0-id": "cus_1",
            "stripe_customers-0-user": str(user.pk),
            "stripe_customers-0-email": "forged@example.com",
        },
    )
    assert answer.status_code == 302
    user.refresh_from_db()
    assert user.username == "renamed"
    assert conf.model("Customer").objects.get(pk="cus_1").email == "ada1@example.com"
    assert "cus_1" not in pages_for("change_user").client.get(url).content.decode()
