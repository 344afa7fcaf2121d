"""Each filter of the admin has an index that answers it."""

import html
import re
from datetime import datetime

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stripe_integrations import conf
from stripe_integrations.admin import filters
from tests.admin import rows

pytestmark = pytest.mark.django_db

#: The filters of each kind.
OF_MIRRORS = {"created", "in_doubt", "deleted_at"}
FILTERED = {
    **dict.fromkeys(rows.MIRRORS, OF_MIRRORS),
    **{kind: OF_MIRRORS | {"status"} for kind in ("Charge", "Invoice", "Payout", "Subscription")},
    "StripeObject": OF_MIRRORS | {"kind"},
    "Event": {"status", "kind", "endpoint", "created"},
    "WebhookEventTrigger": {"reason", "endpoint", "created"},
    "RefusedCount": set(),
}
WITH_STATUS_FILTER = tuple(kind for kind, names in FILTERED.items() if "status" in names)


def leading_columns(model):
    """Return the first column of each index of a table."""
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, model._meta.db_table)
    return {each["columns"][0] for each in constraints.values() if each["index"]}


@pytest.mark.parametrize("kind", FILTERED)
def test_filter_of_a_list_has_an_index(kind):
    model = conf.model(kind)
    shown = admin.site.get_model_admin(model).get_list_filter(None)
    names = {
        each if isinstance(each, str) else getattr(each, "parameter_name", None) or each[0]
        for each in shown
    } - {"ours"}  # by which the admin of a swapped model filters, at its own cost
    assert names - {"status"} == FILTERED[kind] - {"status"}
    if kind in WITH_STATUS_FILTER:
        assert "status" in names
    columns = {"webhook_endpoint_id" if name == "endpoint" else name for name in names}
    assert columns <= leading_columns(model)


def test_filters_offer_what_occurs_and_find_it(pages):
    rows.event(1, kind="invoice.paid", status="processed", webhook_endpoint_id="we_1")
    rows.event(2, kind="charge.failed")
    rows.endpoint(1, description="The shop")
    for number, status in enumerate(("past_due", "active", "active", None), 1):
        rows.mirror("Subscription", number, status=status)
    page = pages.show("Event")
    assert re.findall(r"\?kind=([^\"]*)", page) == ["charge.failed", "invoice.paid"]
    assert "The shop (we_1)" in page
    assert pages.found("Event", endpoint="we_1") == pages.found("Event", kind="invoice.paid")
    assert pages.found("Event", endpoint="we_1") == ["evt_1"]
    assert re.findall(r"\?status=([^\"]*)", pages.show("Subscription")) == ["active", "past_due"]
    assert pages.found("Subscription", status="past_due") == ["sub_1"]


def test_kinds_are_found_without_a_read_of_the_table(pages):
    for number in range(6):
        rows.event(number, kind=f"charge.{number % 2}")
    with CaptureQueriesContext(connection) as captured:
        found = list(filters.occurring(conf.model("Event"), "kind"))
    assert found == ["charge.0", "charge.1"]
    assert len(captured) == 3
    assert all("DISTINCT" not in each["sql"] for each in captured)


def test_dates_lead_from_years_to_days_and_count_nothing(pages):
    zone = timezone.get_current_timezone()
    for number, day in enumerate(((2024, 11, 30), (2026, 2, 3), (2026, 2, 4)), 1):
        rows.mirror("Product", number, created=datetime(*day, 12, tzinfo=zone))
    label = r'\s*<span id="date-hierarchy-label">.*?</span>'  # since Django 6.1
    dates = re.compile(rf'<nav class="toplinks"[^>]*>(?:{label})?(.*?)</nav>', re.DOTALL)

    def offered(**query):
        with CaptureQueriesContext(connection) as captured:
            text = dates.search(pages.show("Product", **query))[1]
        assert not [each for each in captured if "DISTINCT" in each["sql"]]
        return html.unescape(re.sub(r"<[^>]+>|\s+", " ", text)).split()

    year, month, day = (f"created__{part}" for part in ("year", "month", "day"))
    assert offered() == ["2024", "2025", "2026"]
    assert offered(**{year: 2026}) == ["‹", "All", "dates", "January", "2026", "February", "2026"]
    days = offered(**{year: 2026, month: 2})
    assert days[:2] + days[-2:] == ["‹", "2026", "February", "4"]
    assert offered(**{year: 2026, month: 2, day: 3}) == [
        "‹",
        "February",
        "2026",
        "February",
        "3",
    ]
    assert pages.found("Product", **{year: 2026, month: 2, day: 3}) == ["prod_2"]
    assert len(pages.found("Product", **{year: 2026})) == 2


def test_any_reason_shows_what_was_refused_or_failed(pages):
    accepted = rows.trigger(1, reason="")
    refused = rows.trigger(2, event=None, reason="no_match")
    failed = rows.trigger(3, reason="error")
    assert pages.found("WebhookEventTrigger", reason="any") == [str(failed.pk), str(refused.pk)]
    assert pages.found("WebhookEventTrigger", reason="no_match") == [str(refused.pk)]
    assert len(pages.found("WebhookEventTrigger")) == len([accepted, refused, failed])


MANY = 5000

#: What is looked for in a list, and how a row of many and one of few differ.
RARE = {
    "Event": ({"status": "failed"}, {"kind": "product.created", "status": "processed"}),
    "WebhookEventTrigger": ({"reason": "no_match"}, {"reason": ""}),
    "Product": ({"in_doubt": True}, {"in_doubt": False}),
}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="it reads PostgreSQL's plans")
@pytest.mark.parametrize("kind", RARE)
def test_filter_for_few_of_many_rows_scans_no_table(kind):
    model = conf.model(kind)
    rare, common = RARE[kind]
    keys = (f"id_{number}" for number in range(MANY))
    has_text_key = model._meta.pk.get_internal_type() == "CharField"
    model.objects.bulk_create(
        model(**({"pk": key} if has_text_key else {}), **common) for key in keys
    )
    few = model.objects.order_by("pk").values("pk")[:20]
    model.objects.filter(pk__in=few).update(**rare)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
    shown = admin.site.get_model_admin(model)
    listed = model.objects.filter(**rare).order_by(*shown.ordering or ["-pk"])[:100]
    assert "Seq Scan" not in listed.explain()
