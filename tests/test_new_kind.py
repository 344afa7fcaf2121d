"""The recipe of CONTRIBUTING, "A new kind of object", followed in a copy of the package."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import stripe_integrations
from stripe_integrations.testing import objects, sign

PACKAGE = Path(stripe_integrations.__file__).parent
SECRET = "whsec_test"

#: Step 1 and 3: what is put before which line of a list that there is.
LINES = {
    "kinds.py": [
        ("FILE = Kind(", 'FLUX_CAPACITOR = Kind("flux_capacitor", "FluxCapacitor", "flux")\n'),
        ("        INVOICE,\n", "        FLUX_CAPACITOR,\n"),
    ],
    "models/__init__.py": [
        (
            "from stripe_integrations.models.files import",
            (
                "from stripe_integrations.models.flux_capacitors import (\n"
                "    FluxCapacitor,\n"
                "    StripeBaseFluxCapacitor,\n"
                ")\n"
            ),
        ),
        ('    "Invoice",\n', '    "FluxCapacitor",\n'),
        ('    "StripeBaseInvoice",\n', '    "StripeBaseFluxCapacitor",\n'),
    ],
    "actions/mirrored.py": [
        ("        Payout,\n", "        FluxCapacitor,\n"),
        ('    "StripePayout",\n', '    "StripeFluxCapacitor",\n'),
        (
            "class StripePayout(",
            (
                'class StripeFluxCapacitor(StripeAction["FluxCapacitor"]):\n'
                "    kind = kinds.FLUX_CAPACITOR\n\n\n"
            ),
        ),
    ],
}

#: Step 2.
MODEL = '''
from __future__ import annotations

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel


class StripeBaseFluxCapacitor(StripeModel):
    """What makes time travel possible."""

    gigawatts = models.FloatField(null=True, blank=True)

    class Meta:
        abstract = True


class FluxCapacitor(StripeBaseFluxCapacitor):
    class Meta(StripeBaseFluxCapacitor.Meta):
        swappable = conf.swappable("FluxCapacitor")
'''

SETTINGS = f"""
SECRET_KEY = "tests"
ALLOWED_HOSTS = ["testserver"]
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": "new_kind.sqlite3"}}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "rest_framework",
    "stripe_integrations",
]
MIDDLEWARE = []
ROOT_URLCONF = "urls"
USE_TZ = True
STRIPE_INTEGRATIONS = {{"API_KEY": "sk_test_123", "WEBHOOK_SECRET": "{SECRET}"}}
"""

URLS = """
from django.urls import include, path
from rest_framework.routers import SimpleRouter
from stripe_integrations.viewsets import StripeWebhookViewSet

router = SimpleRouter(trailing_slash=False)
router.register("stripe/webhook", StripeWebhookViewSet, basename="stripe-webhook")
urlpatterns = [path("", include(router.urls))]
"""

#: Step 4, and what a project sees of it.
RUN = """
import importlib, json, sys
import django
from django.core.management import call_command

django.setup()
call_command("makemigrations", "stripe_integrations", verbosity=0)
importlib.invalidate_caches()
call_command("migrate", verbosity=0)
call_command("makemigrations", check=True, dry_run=True, verbosity=0)

from django.contrib import admin
from django.test import Client
from stripe_integrations import actions, conf, models

body, headers = json.load(sys.stdin)
status = Client().post("/stripe/webhook", body, "application/json", headers=headers).status_code
(row,) = models.FluxCapacitor.objects.all()
print(json.dumps({
    "package": models.__file__,
    "status": status,
    "row": [row.pk, row.gigawatts, row.livemode],
    "found": actions.find("flux_capacitor", row.pk) == row,
    "action": actions.MIRRORED["flux_capacitor"] is actions.StripeFluxCapacitor,
    "generic": models.StripeObject.objects.count(),
    "admin": admin.site.is_registered(models.FluxCapacitor),
    "setting": [conf.model_setting(name) for name in conf.SWAPPABLE if "Flux" in name],
}))
"""


@pytest.fixture
def project(tmp_path):
    """A project whose package has the kind."""
    copy = tmp_path / "stripe_integrations"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for name, additions in LINES.items():
        text = (copy / name).read_text()
        for before, lines in additions:
            assert text.count(before) == 1, (name, before)
            text = text.replace(before, lines + before)
        (copy / name).write_text(text)
    (copy / "models" / "flux_capacitors.py").write_text(MODEL)
    (copy / "migrations" / "0001_initial.py").unlink()
    (tmp_path / "new_kind_settings.py").write_text(SETTINGS)
    (tmp_path / "urls.py").write_text(URLS)
    return tmp_path


def test_kind_that_is_added_by_the_recipe_is_mirrored(project):
    data = {"id": "flux_1", "object": "flux_capacitor", "gigawatts": 1.21, "livemode": False}
    body = json.dumps(objects.event("flux_capacitor.created", data))
    given = json.dumps([body, sign(body.encode(), SECRET)])
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(RUN)],
        input=given,
        cwd=project,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "new_kind_settings",
            "PYTHONPATH": str(project),
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "package": str(project / "stripe_integrations" / "models" / "__init__.py"),
        "status": 200,
        "row": ["flux_1", 1.21, False],
        "found": True,
        "action": True,
        "generic": 0,
        "admin": True,
        "setting": ["STRIPE_FLUX_CAPACITOR_MODEL"],
    }
