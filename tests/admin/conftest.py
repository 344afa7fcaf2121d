import html
import re

import pytest
from django.contrib.admin.utils import quote
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse

from stripe_integrations import conf


def url_of(kind, view="changelist", *keys):
    """Return the address of a page of the admin."""
    options = conf.model(kind)._meta
    args = [quote(key) for key in keys]
    return reverse(f"admin:{options.app_label}_{options.model_name}_{view}", args=args)


class Pages:
    """The admin, as somebody who is logged in sees it."""

    def __init__(self, client):
        self.client = client

    def show(self, kind, /, *keys, status=200, **query):
        """Return the text of a list, or of the page of the row with a key."""
        url = url_of(kind, "change" if keys else "changelist", *keys)
        answer = self.client.get(url, query)
        assert answer.status_code == status
        return answer.content.decode()

    def found(self, kind, /, **query):
        """Return the keys of the rows that a list shows."""
        answer = self.client.get(url_of(kind), query)  # `status` may be a parameter
        assert answer.status_code == 200
        text = answer.content.decode()
        return [
            html.unescape(key)
            for key in re.findall(r'name="_selected_action" value="([^"]*)"', text)
        ] or re.findall(r'<th class="field-[^"]*"><a href="[^"]*/([^/"]*)/change/', text)

    def act(self, kind, action, *keys, **more):
        """Run an action on the rows with these keys, and return what the page then says."""
        return messages_of(self.answer_to(kind, action, *keys, **more))

    def answer_to(self, kind, action, *keys, **more):
        """Run an action on the rows with these keys, and return the page that then comes."""
        data = {"action": action, "_selected_action": keys, **more}
        answer = self.client.post(url_of(kind), data, follow=True)
        assert answer.status_code == 200
        return answer

    def confirm(self, kind, action, *keys):
        """Run an action that asks first, say yes, and return what the page then says."""
        page = self.answer_to(kind, action, *keys).content.decode()
        assert "Are you sure?" in page
        asked = dict(re.findall(r'<input type="hidden" name="(action|post)" value="([^"]*)"', page))
        found = re.findall(r'name="_selected_action" value="([^"]*)"', page)
        assert found == list(keys)
        return self.act(kind, asked["action"], *found, post=asked["post"])

    def change(self, kind, /, *keys, answered=302, **data):
        """Post the form of a row, or of a new one, and return the answer."""
        url = url_of(kind, "change" if keys else "add", *keys)
        answer = self.client.post(url, data)
        assert answer.status_code == answered, answer.content.decode()
        return answer


def messages_of(answer):
    """Return the messages on a page, as text."""
    shown = re.findall(
        r'<ul class="messagelist">(.*?)</ul>', answer.content.decode(), flags=re.DOTALL
    )
    return html.unescape(re.sub(r"<[^>]+>", "", " ".join(shown)).strip())


@pytest.fixture
def admin_user(db):
    """A superuser without a password, which would take its time to hash."""
    return get_user_model().objects.create(username="admin", is_staff=True, is_superuser=True)


@pytest.fixture
def pages(admin_client):
    return Pages(admin_client)


@pytest.fixture
def pages_for(client):
    """Take codenames of permissions, and return the admin as their owner sees it."""

    def log_in(*codenames):
        staff = get_user_model().objects.create(username="staff", is_staff=True)
        staff.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(staff)
        return Pages(client)

    return log_in
