"""The overview of the health: pictures, the same figures as tables, and nothing inline."""

import html
import re
import time

import pytest

from stripe_integrations import conf, counters
from stripe_integrations.admin import charts
from tests.admin import rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_counts():
    counters.discard()


@pytest.fixture
def counted():
    """Write counts of some minutes ago."""
    now = int(time.time())

    def write(ago, name, label, count, endpoint=""):
        conf.model("HealthCount").objects.create(
            minute=(now - 60 * ago) // 60 * 60,
            name=name,
            label=label,
            endpoint=endpoint,
            count=count,
        )

    return write


def cells(page, section):
    """Return the cells of the rows of a section's table."""
    text = page.partition(f'id="stripe-{section}"')[2].partition("</section>")[0]
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [
            html.unescape(re.sub(r"<[^>]+>", "", each)).strip()
            for each in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]


def titles(page, section):
    text = page.partition(f'id="stripe-{section}"')[2].partition("</section>")[0]
    return [html.unescape(each) for each in re.findall("<title>(.*?)</title>", text)]


def test_empty_overview_says_so(pages):
    page = pages.show("HealthCount")
    assert page.count("Nothing was counted.") == 3
    for text in (
        "healthy",
        "Events that failed: 0. Events that wait: 0.",
        "No class has failed.",
        "No request was refused.",
        "No object is in doubt.",
        "stripe_catch_up has not run yet.",
    ):
        assert text in page
    assert '<a href="?hours=1" aria-current="page">' in pages.show("HealthCount", hours="x")


def test_pictures_and_tables_have_the_same_figures(pages, counted):
    counted(3, "events", "processed", 30)
    counted(3, "events", "failed", 6)
    counted(9, "events", "processed", 12)
    for ago in (3, 9):
        counted(ago, "lag", "2", 90)
        counted(ago, "lag", "inf", 10)
    counted(3, "api_reads", "answered", 18)
    counted(3, "failures", "shop.<Ledger>", 6)
    counted(3, "refusals", "no_match", 4, "we_1")
    counted(3, "refusals", "no_header", 2)
    counted(600, "refusals", "no_header", 100)
    rows.mirror("Product", in_doubt=True)
    conf.model("EventCursor").objects.create(account="", read_to=int(time.time()) - 7500)
    page = pages.show("HealthCount")
    earlier, later = cells(page, "events")
    assert earlier[1:] == ["12", "0", "0", "0", "0"]
    assert later[1:] == ["30", "0", "6", "0", "0"]
    assert titles(page, "events") == [
        f"{earlier[0]}: 12 processed",
        f"{later[0]}: 30 processed",
        f"{later[0]}: 6 failed",
    ]
    assert [each[1:] for each in cells(page, "lag")] == [["1.6 s", "24 h"]] * 2
    assert len(titles(page, "lag")) == 4
    assert [each[1:] for each in cells(page, "reads")] == [["0.5"]]
    assert cells(page, "failures") == [["shop.<Ledger>", "6", ""]]
    assert cells(page, "refusals") == [
        ["no_match", "we_1", "4", ""],
        ["no_header", "settings", "2", ""],
    ]
    assert cells(page, "doubts") == [["product", "1", ""]]
    assert cells(page, "cursors") == [["own", "2 h", ""]]
    assert "1 objects are in doubt (product): run `manage.py stripe_verify" in page
    of_the_day = pages.show("HealthCount", hours="24")
    assert cells(of_the_day, "refusals")[0][:3] == ["no_header", "settings", "102"]
    assert '<a href="?hours=24" aria-current="page">' in of_the_day
    assert "aria-current" in pages.show("HealthCount", hours="168")


@pytest.mark.parametrize("static_url", ["static/", "https://cdn.example.com/static/"])
def test_nothing_is_inline_under_a_strict_policy(pages, counted, settings, static_url):
    settings.STATIC_URL = static_url
    counted(3, "events", "processed", 30)
    counted(3, "lag", "2", 90)
    answer = pages.client.get("/admin/stripe_integrations/healthcount/")
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert ("https://cdn.example.com" in policy) == static_url.startswith("https")
    assert "unsafe" not in policy
    page = answer.content.decode()
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", page) == []
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))
    drawn = page.partition('class="stripe-health"')[2].partition("</main>")[0]
    assert set(re.findall(r"url\(#([^)]*)\)", drawn)) <= set(re.findall(r' id="([^"]*)"', drawn))


def test_numbers_of_a_picture_are_not_localized(pages, counted, settings):
    settings.LANGUAGE_CODE, settings.USE_THOUSAND_SEPARATOR = "de", True
    counted(3, "events", "processed", 30_000)
    counted(3, "failures", "shop.Ledger", 30_000)
    page = pages.show("HealthCount", hours="168")
    assert re.findall(r'(?: x| y|width|height)="[^"]*,[^"]*"', page) == []
    assert "?hours=168" in page


def test_who_may_look_sees_it_and_others_do_not(pages_for):
    assert "Events per minute" in pages_for("view_healthcount").show("HealthCount")


def test_others_do_not_see_it(pages_for):
    pages_for("view_event").show("HealthCount", status=403)


def test_single_rows_have_no_page(pages, counted):
    counted(3, "events", "processed", 30)
    key = conf.model("HealthCount").objects.get().pk
    for path in (f"{key}/change/", "add/", f"{key}/delete/"):
        assert pages.client.get(f"/admin/stripe_integrations/healthcount/{path}").status_code == 404
    assert 'href="/admin/stripe_integrations/healthcount/"' in pages.client.get("/admin/").text


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (0.03, 0.05), (1, 1), (1.1, 2), (7, 10), (201, 500)]
)
def test_axis_ends_with_a_round_number(value, top):
    assert charts._round_up(value) == pytest.approx(top)
