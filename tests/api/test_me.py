import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.pagination import PageNumberPagination
from rest_framework.test import APIClient

from stripe_integrations import conf
from stripe_integrations.api import InvoiceViewSet, SubscriptionViewSet
from tests.api.conftest import invoice, logged_in, put, seed

pytestmark = pytest.mark.django_db

LISTS = {
    "subscriptions": "sub_{}_0",
    "invoices": "in_{}_0",
    "payment-methods": "pm_{}_0",
    "entitlements": "ent_{}_0",
}
PATHS = ["customer", *LISTS]


def test_owner_sees_the_rows_of_their_customer(as_ada, bob):
    seen = {name: as_ada.get(f"/billing/{name}/").json() for name in PATHS}
    customer = seen.pop("customer")
    assert (customer["id"], customer["email"]) == ("cus_ada", "ada@example.com")
    assert (customer["balance"], customer["balance_money"]) == (0, "0.00")
    for name, listed in seen.items():
        (row,) = listed
        assert row["id"] == LISTS[name].format("ada")
        assert as_ada.get(f"/billing/{name}/{row['id']}/").json() == row


def test_rows_have_what_a_billing_page_shows(as_ada):
    (subscription,) = as_ada.get("/billing/subscriptions/").json()
    (item,) = subscription["items"]
    assert (item["quantity"], item["price"]["unit_amount_money"]) == (1, "10.50")
    assert (item["product"]["name"], subscription["status"]) == ("Gold", "active")
    (bill,) = as_ada.get("/billing/invoices/").json()
    assert (bill["total"], bill["total_money"], bill["number"]) == (1050, "10.50", "N-in_ada_0")
    assert bill["hosted_invoice_url"] == "https://i.test/in_ada_0"
    assert bill["invoice_pdf"] == "https://i.test/in_ada_0/pdf"
    (method,) = as_ada.get("/billing/payment-methods/").json()
    assert (method["last4"], method["card_brand"], method["is_default"]) == ("4242", "visa", True)
    (entitlement,) = as_ada.get("/billing/entitlements/").json()
    assert (entitlement["lookup_key"], entitlement["feature_name"]) == ("reports", "Reports")


def test_what_is_not_for_customers_does_not_leave(as_ada):
    text = "".join(as_ada.get(f"/billing/{name}/").content.decode() for name in PATHS)
    for hidden in ("stripe_data", "metadata", "fingerprint", "secret", "nickname", "read_by", "fp"):
        assert f'"{hidden}"' not in text
    assert "secret discount" not in text


def test_deleted_customer_leaves_what_was(as_ada):
    conf.model("Customer").objects.filter(pk="cus_ada").update(deleted_at=timezone.now())
    assert as_ada.get("/billing/customer/").status_code == 404
    left = {name: len(as_ada.get(f"/billing/{name}/").json()) for name in LISTS}
    assert left == {"subscriptions": 1, "invoices": 1, "payment-methods": 0, "entitlements": 0}


def test_row_whose_links_have_not_arrived_is_shown(as_ada):
    for name in ("Price", "Product", "Feature"):
        conf.model(name).objects.all().delete()
    (subscription,) = as_ada.get("/billing/subscriptions/").json()
    assert subscription["items"][0]["price"] is subscription["items"][0]["product"] is None
    assert as_ada.get("/billing/entitlements/").json()[0]["feature_name"] is None


@pytest.mark.parametrize("name", LISTS)
def test_row_of_another_is_404(as_ada, bob, name):
    for id in (LISTS[name].format("bob"), "absent", "%00"):
        answered = as_ada.get(f"/billing/{name}/{id}/")
        assert answered.status_code == 404
        assert answered["Cache-Control"] == "private, no-store"


def test_rows_of_a_connected_account_are_not_the_owners(as_ada):
    for name in ("Subscription", "Invoice", "PaymentMethod", "ActiveEntitlement", "Customer"):
        conf.model(name).objects.update(account="acct_1")
    assert as_ada.get("/billing/customer/").status_code == 404
    for name in LISTS:
        assert as_ada.get(f"/billing/{name}/").json() == []


def test_draft_and_deleted_rows_are_left_out(as_ada):
    assert as_ada.get("/billing/invoices/in_ada_0_draft/").status_code == 404
    conf.model("PaymentMethod").objects.update(deleted_at="2030-01-01T00:00Z")
    assert as_ada.get("/billing/payment-methods/").json() == []


@pytest.mark.parametrize("name", PATHS)
def test_nobody_is_refused_and_a_stranger_sees_nothing(catalogue, ada, bob, name):
    assert APIClient().get(f"/billing/{name}/").status_code in (401, 403)
    conf.model("Customer").objects.filter(user=bob).update(user=None)
    answered = logged_in(bob).get(f"/billing/{name}/")
    assert (answered.status_code, answered.json()) in [(200, []), (404, answered.json())]


@pytest.mark.parametrize("name", PATHS)
def test_answers_are_never_cached(as_ada, name):
    answers = [as_ada.get(f"/billing/{name}/"), APIClient().get(f"/billing/{name}/")]
    answers.append(as_ada.post(f"/billing/{name}/"))
    assert [each.status_code for each in answers][::2] == [200, 405]
    assert {each["Cache-Control"] for each in answers} == {"private, no-store"}


def test_method_override_does_nothing(as_ada):
    for method in ("DELETE", "PATCH", "POST"):
        headers = {"X-HTTP-Method-Override": method}
        assert as_ada.get("/billing/invoices/in_ada_0/", headers=headers).status_code == 200
        hidden = as_ada.post("/billing/invoices/in_ada_0/", {"_method": method}, headers=headers)
        assert hidden.status_code == 405
    assert conf.model("Invoice").objects.filter(deleted_at=None).count() == 2


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("customer", 1),
        ("subscriptions", 4),
        ("invoices", 1),
        ("payment-methods", 1),
        ("entitlements", 1),
    ],
)
def test_number_of_queries_does_not_grow(catalogue, django_assert_num_queries, name, queries):
    many = logged_in(seed("many", count=4))
    with django_assert_num_queries(queries):
        shown = many.get(f"/billing/{name}/").json()
    assert name == "customer" or len(shown) == 4


def test_project_filters_orders_and_paginates(as_ada, monkeypatch):
    class Pages(PageNumberPagination):
        page_size = 2

    put(*(invoice(f"in_{total}", "cus_ada", total=total) for total in (3, 1, 2)))
    for viewset in (InvoiceViewSet, SubscriptionViewSet):
        monkeypatch.setattr(
            viewset, "filter_backends", [DjangoFilterBackend, OrderingFilter, SearchFilter]
        )
        monkeypatch.setattr(viewset, "pagination_class", Pages)

    def ids(query, name="invoices"):
        page = as_ada.get(f"/billing/{name}/?{query}").json()
        return page["count"], [row["id"] for row in page["results"]]

    assert ids("ordering=total") == (4, ["in_1", "in_2"])
    assert ids("ordering=-total&page=2") == (4, ["in_2", "in_1"])
    assert ids("ordering=stripe_data,customer__user__password")[0] == 4
    assert ids("search=N-in_3") == (1, ["in_3"])
    assert ids("status=open") == (0, [])
    assert ids("status=paid&number=N-in_2") == (1, ["in_2"])
    assert ids("customer=cus_bob&customer__user=2&deleted_at=1")[0] == 4
    assert ids("status=canceled", "subscriptions") == (0, [])
    assert as_ada.get("/billing/invoices/?page=9").status_code == 404


def test_customer_is_the_newest_of_the_owner(as_ada, ada):
    conf.model("Customer").objects.create(id="cus_new", user=ada, created="2040-01-01T00:00Z")
    conf.model("Customer").objects.create(
        id="cus_gone", user=ada, created="2041-01-01T00:00Z", deleted_at="2041-01-02T00:00Z"
    )
    assert as_ada.get("/billing/customer/").json()["id"] == "cus_new"


def bobs(request):
    return get_user_model().objects.filter(username="bob").first()


def test_owner_is_what_the_setting_returns(as_ada, bob, settings, monkeypatch):
    settings.STRIPE_INTEGRATIONS = {
        **django_settings.STRIPE_INTEGRATIONS,
        "GET_OWNER": f"{__name__}.bobs",
    }
    assert as_ada.get("/billing/customer/").json()["id"] == "cus_bob"
    monkeypatch.setattr(InvoiceViewSet, "get_owner", lambda self: None)
    assert as_ada.get("/billing/invoices/").json() == []
    monkeypatch.setattr(InvoiceViewSet, "get_owner", lambda self: self.request.user)
    assert as_ada.get("/billing/invoices/").json()[0]["id"] == "in_ada_0"
