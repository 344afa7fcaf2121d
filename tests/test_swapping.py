"""Plain foreign keys to our models, swapped and not, and in a project that names no model."""

import os
import subprocess
import sys
import textwrap

import pytest
from django.db import IntegrityError, transaction

from stripe_integrations import conf
from stripe_integrations.testing import objects
from tests.fkapp.models import COLUMNS, Keeper


@pytest.mark.django_db(transaction=True)
def test_foreign_key_to_each_model_is_a_constraint():
    kept = {column: conf.model(name).objects.create(pk="x_1") for column, name in COLUMNS.items()}
    keeper = Keeper.objects.create(**kept)
    keeper.refresh_from_db()
    assert {column: getattr(keeper, column) for column in kept} == kept
    # It is a real constraint, which SQLite and PostgreSQL look at when they commit.
    with pytest.raises(IntegrityError), transaction.atomic():
        Keeper.objects.create(product_id="absent")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("swapped" not in os.environ.get("DJANGO_SETTINGS_MODULE", ""),
                    reason="only where the models are swapped")  # fmt: skip
def test_columns_of_the_swapped_models_are_filled(poster):
    data = objects.product(
        ours=True, statement_descriptor="GOLD", package_dimensions={"weight": 1.5}, shippable=True
    )
    message = objects.event("product.created", data)
    message["request"]["idempotency_key"] = "key"
    assert poster.event(message) == 200
    row = conf.model("Product").objects.get()
    assert (row.statement_descriptor, row.weight, row.shippable) == ("GOLD", 1.5, None)
    assert conf.model("Event").objects.get().idempotency_key == "key"


def test_project_that_names_no_model_can_link_to_ours(tmp_path):
    files = {
        "manage.py": """
            import os, sys
            os.environ["DJANGO_SETTINGS_MODULE"] = "project"
            from django.core.management import execute_from_command_line
            execute_from_command_line(sys.argv)
        """,
        "project.py": """
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
        """,
        "shop/__init__.py": "",
        "shop/migrations/__init__.py": "",
        "shop/models.py": """
            from django.db import models
            from stripe_integrations.models import StripeLink

            class Shelf(models.Model):
                price = models.ForeignKey("stripe_integrations.Price", models.CASCADE)
                product = models.OneToOneField("stripe_integrations.Product", models.CASCADE)
                link = StripeLink("stripe_integrations.Coupon", related_name="shelves")
        """,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))

    def manage(*arguments):
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=tmp_path,
            env={"PYTHONPATH": ":".join(["", *sys.path])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    manage("makemigrations", "shop")
    migration = (tmp_path / "shop/migrations/0001_initial.py").read_text()
    assert "StripeIdField(blank=True, db_column='link_id'" in migration
    said = manage("shell", "-c", textwrap.dedent("""
        from django.core.management import call_command
        call_command("migrate", verbosity=0)
        call_command("makemigrations", "--check")
        from shop.models import *
        shelf = Shelf(price_id="a", product_id="b", link_id="c")
        print(shelf.link, shelf.link_id)
    """))  # fmt: skip
    assert "No changes" in said
    assert said.split()[-2:] == ["None", "c"]
