"""A model that is swapped after the first migrate: a check says that the rows are left behind."""

import os
import subprocess
import sys

import pytest

SETTINGS = """
SECRET_KEY = "x"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db"}}
INSTALLED_APPS = [
    "shop",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "rest_framework",
    "stripe_integrations",
]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
"""
MODELS = """
from stripe_integrations.models import StripeBaseProduct

class Product(StripeBaseProduct):
    pass
"""


#: Runs commands and snippets one after the other, and prints what the checks say in between.
RUN = """
import sys
import django
from django.core.management import call_command
django.setup()
for each in sys.argv[1:]:
    if each == "check":
        print(flush=True)
        call_command("check", databases=["default"], stderr=sys.stdout)
        print("=====", flush=True)
    elif each == "migrate loudly":
        print(flush=True)
        call_command("migrate")
        print("=====", flush=True)
    elif each.startswith("insert "):
        from stripe_integrations import conf
        conf.model("Product").objects.create(pk=each.removeprefix("insert "))
    else:
        call_command(each, verbosity=0)
"""


@pytest.fixture
def project(tmp_path):
    """Return a function that runs commands of a project, with `swap`, which swaps a model.

    It returns what each `check`, or `migrate loudly`, among them says; `insert …` adds a row with
    this key to the model in use.
    """
    (tmp_path / "project.py").write_text(SETTINGS)
    migrations = tmp_path / "shop" / "migrations"
    migrations.mkdir(parents=True)
    for directory in (migrations.parent, migrations):
        (directory / "__init__.py").write_text("")

    def run(*commands):
        done = subprocess.run(
            [sys.executable, "-c", RUN, *commands],
            cwd=tmp_path,
            env={"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path]),
                 "DJANGO_SETTINGS_MODULE": "project"},
            capture_output=True,
            text=True,
            check=True,
        )  # fmt: skip
        return done.stdout.split("=====")[:-1]

    def swap():
        with (tmp_path / "project.py").open("a") as settings:
            settings.write('STRIPE_PRODUCT_MODEL = "shop.Product"\n')
        (tmp_path / "shop" / "models.py").write_text(MODELS)
        # A process of its own: the next one finds the migration as a new file.
        run("makemigrations")

    run.swap = swap
    return run


def test_rows_of_our_own_table_that_are_left_behind_are_a_warning(project):
    (before,) = project("migrate", "insert x_1", "check")
    assert "W014" not in before
    project.swap()
    without_table, migrated, with_table, with_another, with_all = project(
        "check", "migrate loudly", "check", "insert x_2", "check", "insert x_1", "check"
    )
    assert "W014" not in without_table  # that of the new model
    assert "shop.Product, which lacks rows" in migrated.partition("Running migrations:")[2]
    assert "STRIPE_PRODUCT_MODEL is shop.Product, which lacks rows" in with_table
    assert "Run `manage.py migrate`" in with_table
    assert "`manage.py stripe_verify product --fix`, or call StripeProduct.sync_all()" in with_table
    assert "W014" in with_another  # as the first event after the swap leaves it
    assert "W014" not in with_all


def test_model_that_was_swapped_in_time_is_quiet(project):
    project.swap()
    (told,) = project("migrate", "check")
    assert "W014" not in told
