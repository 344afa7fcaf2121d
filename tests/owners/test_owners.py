"""Customers that belong to teams and not to users: `STRIPE_OWNER_MODEL`."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.migrations import AddField, swappable_dependency
from django.db.migrations.writer import OperationWriter

from stripe_integrations import conf, models

pytestmark = pytest.mark.xdist_group("owners")

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def report():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.owners.story"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("model", [models.Customer, conf.model("Customer")])
def test_migrations_name_the_setting(model):
    field = model._meta.get_field("user")
    operation = AddField("customer", "user", field)
    text, imports = OperationWriter(operation).serialize()
    assert "to=settings.STRIPE_OWNER_MODEL" in text
    assert "models.ForeignKey(" in text
    assert not any("stripe_integrations" in line for line in imports)
    dependency = swappable_dependency(settings.STRIPE_OWNER_MODEL)
    assert dependency.setting == settings.AUTH_USER_MODEL
    assert dependency in import_module(migration_of(model)).Migration.dependencies


def migration_of(model):
    return f"{apps.get_app_config(model._meta.app_label).name}.migrations.0001_initial"


def test_customer_is_created_for_a_team(report):
    email, is_linked, metadata = report["created"]
    assert (email, is_linked, list(metadata)) == ("red@example.com", True, ["team_id"])
    assert report["create again"]
    assert report["email of a team without"] is None
    assert report["asked at Stripe"]


def test_events_link_teams_and_no_users(report):
    assert report["answers"] == [200] * len(report["answers"])
    assert report["linked"] == {
        "cus_blue": "Team blue",
        "cus_green": "Team green",
        "cus_absent": "None",
        "cus_grey": "Team grey",
        "cus_ada": "None",
    }


def test_rows_of_a_team_are_found(report):
    assert report["for_user"] == report["reverse name"] == ["cus_blue"]
    assert report["subscriptions"] == ["sub_1"]
    assert report["subscribed"] == [True, False, False, False]
    assert report["action"]


def test_user_is_refused_with_what_to_pass(report):
    of_queryset, of_access, of_action, without_customer = report["refused"]
    assert "Pass an owner, an instance of owners.Team, AnonymousUser or None" in of_queryset
    assert "Pass a customer, its id at Stripe or an owner, not" in of_access
    assert "Pass an owner, an instance of owners.Team, not" in of_action
    assert without_customer == (
        "The owner has no customer: call StripeCustomer.create(owner) first."
    )


def test_admin_shows_teams_and_finds_by_name_and_address(report):
    statuses, shown, found = report["admin"]
    assert (statuses, shown) == ([200, 200], [True, True])
    assert found == [["cus_blue"], ["cus_green"], []]


def test_api_is_about_the_team_of_the_request(report):
    assert report["api"] == [["sub_1"], [], []]
    of_user = report["api of a user"]
    assert of_user.startswith("The owner of a request has to be an owner, an instance of")
    assert "set STRIPE_INTEGRATIONS['GET_OWNER']" in of_user
    assert report["checks of the api"] == ["stripe_integrations.E029"]


def test_customer_of_a_deleted_team_stays(report):
    assert report["deleted owner"] is None


def test_address_is_that_of_a_column_or_an_attribute(report):
    assert report["email of a club"] == "club@example.com"
    assert report["email of a house"] is None


def test_checks_say_what_the_model_lacks(report):
    assert report["checks"] == {
        "team": [],
        "house": [],
        "house by e-mail": ["E024"],
        "club by e-mail": ["E024"],
        "user by e-mail": [],
        "absent": ["E023"],
        "no label": ["E023"],
    }
