"""The tutorial, followed as it is printed, and its pages walked through over HTTP."""

import re
import time
from html import unescape

import requests

from tests.tutorial import followed


def form_of(html, button):
    """Return the action and the fields of the form that has a button."""
    for form in re.findall(r"<form.*?</form>", html, re.DOTALL):
        if button in form:
            action = re.search(r'action="([^"]*)"', form)
            fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
            pressed = re.findall(rf'<button name="(\w+)" value="(\w+)">{button}', form)
            values = {name: unescape(value) for name, value in [*fields, *pressed]}
            return action[1] if action else "", values
    raise AssertionError(f"no form with {button}: {html}")


class Reader:
    """Somebody who does what the tutorial says, with cookies and without a browser."""

    def __init__(self, address):
        self.session = requests.Session()
        self.session.trust_env = False
        self.address = address
        self.page = None

    def open(self, path):
        self.page = self.session.get(self.address + path, timeout=30)
        assert self.page.status_code == 200
        return self.page.text

    def press(self, button):
        """Send the form that has a button, and go where the answer leads, as a browser does."""
        action, values = form_of(self.page.text, button)
        url = requests.compat.urljoin(self.page.url, action)
        self.page = self.session.post(url, data=values, timeout=30)
        if self.page.status_code == 201:  # what the script of the page does
            self.page = self.session.get(self.page.json()["url"], timeout=30)
        assert self.page.status_code == 200, self.page.text

    def open_until(self, path, text):
        """Open a page until a webhook has arrived that brings a text."""
        deadline = time.monotonic() + 30
        while text not in self.open(path):
            assert time.monotonic() < deadline, self.page.text
            time.sleep(0.05)

    def log_in(self):
        assert "/admin/login/" in self.session.get(self.address, timeout=30).url
        login = f"{self.address}/admin/login/?next=/"
        token = re.search(
            r'csrfmiddlewaretoken" value="(\w+)"', self.session.get(login, timeout=30).text
        )
        ada = {"username": "ada", "password": "opensesame", "csrfmiddlewaretoken": token[1]}
        assert self.session.post(login, data=ada, timeout=30).url == f"{self.address}/"


def test_tutorial_leads_to_a_paid_subscription(tmp_path):
    with followed(tmp_path) as address:
        reader = Reader(address)
        reader.log_in()
        reader.open_until("/", "Gold</strong>, $100.00 / year")
        assert "Gold</strong>, $10.00 / month" in reader.page.text
        reader.open("/gold/")
        assert reader.page.url == f"{address}/"  # not yet for this user
        reader.press("Subscribe")
        assert "Gold, 10.00 USD a month" in reader.page.text
        reader.press("Subscribe")
        assert reader.page.url == f"{address}/?paid"
        reader.open_until("/?paid", "You are subscribed: <strong>active</strong>")
        assert reader.open("/gold/") == "Welcome, Gold member."
        reader.open("/")
        reader.press("Manage the subscription")
        reader.press("Cancel at the end of the period")
        reader.open_until("/", "ends\n")
        reader.press("Manage the subscription")
        reader.press("Cancel now")
        reader.open_until("/", "Gold</strong>, $10.00 / month")
        reader.open("/gold/")
        assert reader.page.url == f"{address}/"
