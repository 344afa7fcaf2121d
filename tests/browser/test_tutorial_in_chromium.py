"""The pages of the tutorial in headless Chromium, from the catalogue to the cancellation."""

import time

import pytest

from tests.browser.accessibility import severe_faults
from tests.browser.walker import Walker
from tests.tutorial import followed


@pytest.fixture
def reader(chromium, screenshots, tmp_path):
    """Somebody who has followed the tutorial, and finds no error in the browser's console."""
    with followed(tmp_path) as address:
        reader = Walker(chromium, address, screenshots)
        yield reader
        chromium.delete_all_cookies()
        reader.resize(1280)
    assert reader.console_errors() == []


def see(reader, text, path=None):
    """Wait until the page shows what a webhook brings; open it again, or leave that to it."""
    deadline = time.monotonic() + 30
    while text not in reader.text:
        assert time.monotonic() < deadline, reader.text
        time.sleep(0.1)
        if path:
            reader.go(path)


def check_page(reader):
    """See that the page can be read on a desk and on a phone, light and dark."""
    for scheme in ("light", "dark"):
        reader.prefer_color_scheme(scheme)
        for width in (1280, 420):
            reader.resize(width)
            assert severe_faults(reader.driver) == []
            assert not reader.is_wider_than_the_window()
    reader.prefer_color_scheme("light")
    reader.resize(720)


def test_reader_subscribes_and_cancels(reader):
    reader.resize(720)
    reader.go("/")
    check_page(reader)
    reader.enter("username", "ada")
    reader.enter("password", "opensesame")
    reader.press("[type=submit]")
    see(reader, "Gold, $100.00 / year", "/")
    reader.picture_of_content("tutorial")
    check_page(reader)
    reader.press("form button")
    assert "Gold, 10.00 USD a month" in reader.text
    reader.press("form button")
    see(reader, "You are subscribed: active")
    reader.picture_of_content("tutorial-subscribed")
    check_page(reader)
    reader.press("a[href='/gold/']")
    assert reader.text == "Welcome, Gold member."
    reader.go("/")
    reader.press("form button")
    reader.press("button[value=cancel_now]")
    assert "You have none." in reader.text
    reader.press("p a")
    see(reader, "Gold, $10.00 / month", "/gold/")
