"""A project of its own in a folder, started in a process of its own.

Some of what must hold is decided when Django starts: settings that DRF reads when a view is
defined, or an app's `__init__.py`. So such a test writes a project and asks it.
"""

import json
import subprocess
import sys
import textwrap

SETTINGS = """
SECRET_KEY = "x"
ALLOWED_HOSTS = ["*"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "rest_framework",
    "stripe_integrations",
]
MIDDLEWARE = []
ROOT_URLCONF = "urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STRIPE_INTEGRATIONS = {"API_KEY": "sk_test_1", "WEBHOOK_SECRET": "whsec_test"}
"""

URLS = """
from django.urls import include, path
from rest_framework.routers import DefaultRouter
from stripe_integrations.viewsets import StripeWebhookViewSet

bare, slashed = DefaultRouter(trailing_slash=False), DefaultRouter()
for router in (bare, slashed):
    router.register("stripe/webhook", StripeWebhookViewSet, basename="stripe-webhook")
urlpatterns = [path("", include(bare.urls)), path("slashed/", include(slashed.urls))]
"""

#: Reads requests from standard input, and prints each one's status.
CLIENT = """
import json, sys
import django
from django.core.management import call_command

django.setup()
call_command("migrate", run_syncdb=True, verbosity=0)

from django.test import Client

client = Client(enforce_csrf_checks=True, raise_request_exception=False)
statuses = []
for method, path, body, headers in json.load(sys.stdin):
    answer = client.generic(
        method, path, body, content_type="application/json", headers=headers
    )
    statuses.append(answer.status_code)
exec(open("ask.py").read())
print(json.dumps([statuses, answer_of_ask]))
"""


class Project:
    """Write the files, post the requests, then run some code and return its `answer_of_ask`."""

    def __init__(self, folder, files):
        self.folder = folder
        for name, text in {"settings.py": SETTINGS, "urls.py": URLS, **files}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))

    def post(self, requests, ask="answer_of_ask = None"):
        """Return [statuses, answer_of_ask]."""
        (self.folder / "ask.py").write_text(textwrap.dedent(ask))
        result = subprocess.run(
            [sys.executable, "-c", CLIENT],
            cwd=self.folder,
            env={"PYTHONPATH": ":".join(["", *sys.path]), "DJANGO_SETTINGS_MODULE": "settings"},
            input=json.dumps(requests),
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout.splitlines()[-1])
