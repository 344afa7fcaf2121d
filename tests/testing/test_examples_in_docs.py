"""The examples of docs/testing.rst: the test in a project of its own, the others here."""

import os
import re
import subprocess
import sys
import textwrap

import pytest

from stripe_integrations import testing
from stripe_integrations.testing import objects, pytest_plugin
from tests.test_docs import BLOCK, page

#: A project that has what the quickstart asks for, and no more.
PROJECT = {
    "settings.py": """
        SECRET_KEY = "tests"
        DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "project.sqlite3",
                                 "TEST": {"NAME": "test.sqlite3"}, "OPTIONS": {"timeout": 30}}}
        INSTALLED_APPS = [
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "rest_framework",
            "stripe_integrations",
        ]
        ROOT_URLCONF = "urls"
        USE_TZ = True
    """,
    "urls.py": """
        from django.urls import include, path
        from rest_framework.routers import SimpleRouter
        from stripe_integrations.viewsets import StripeWebhookViewSet

        router = SimpleRouter(trailing_slash=False)
        router.register("hooks/stripe", StripeWebhookViewSet, basename="hooks")
        urlpatterns = [path("", include(router.urls))]
    """,
    "pytest.ini": """
        [pytest]
        DJANGO_SETTINGS_MODULE = settings
        filterwarnings = error
    """,
}


def examples():
    blocks = [found for found in BLOCK.finditer(page("testing")) if found["language"] == "python"]
    return [textwrap.dedent(found["code"]) for found in blocks]


def run(folder, *command):
    """Run Python in a project's folder, without what this process was told."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO")}
    kept = {name: value for name, value in kept.items() if not name.startswith("PYTEST")}
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_test_of_a_project_passes_as_printed(tmp_path):
    conftest, test, *_ = examples()
    for name, text in {**PROJECT, "conftest.py": conftest, "test_billing.py": test}.items():
        (tmp_path / name).write_text(textwrap.dedent(text))
    done = run(
        tmp_path,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:randomly",
        "-p",
        "no:xdist",
        "-p",
        "no:cacheprovider",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_kit_is_imported_without_settings_and_without_pytest(tmp_path):
    code = "import sys, stripe_integrations.testing; print('pytest' in sys.modules)"
    done = run(tmp_path, "-c", code)
    assert (done.stdout, done.stderr) == ("False\n", "")


@pytest.mark.django_db(transaction=True)
def test_other_examples_run(stripe_api):
    names = {}
    for code in examples()[2:]:
        exec(compile(code, "docs/testing.rst", "exec"), names)
    assert names["session"]["customer"] == "cus_1"
    assert names["StripeProduct"].model().objects.get(pk="prod_tin").name == "Tin"


def test_each_public_name_is_documented():
    named = set(re.findall(r"\w+", "".join(re.findall(r"``[^`]+``", page("testing")))))
    fixtures = {"running_stripe", "stripe_api", "stripe_webhooks"}
    public = {name for name in vars(testing.FakeStripe) if not name.startswith("_")}
    inner = {"answer", "answer_object", "answer_other", "answer_source", "answered_before",
             "handle", "list_events", "listed", "made", "show_page"}  # fmt: skip
    assert set(testing.__all__) | fixtures | (public - inner) | {*objects.__all__} <= named
    assert all(hasattr(pytest_plugin, name) for name in fixtures)
    assert all(hasattr(testing, name) for name in testing.__all__)
