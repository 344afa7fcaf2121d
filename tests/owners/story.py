"""Sell to teams, and print what came of it, as JSON."""

import json
import os
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.owners.settings"

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import Client
from django.test.utils import (
    override_settings,
    setup_databases,
    setup_test_environment,
    teardown_databases,
)
from django.urls import reverse

from stripe_integrations.testing import FakeStripe, objects, sign


def main():
    django.setup()
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        with FakeStripe() as fake:
            ours = {**settings.STRIPE_INTEGRATIONS, "API_BASE": fake.url}
            with override_settings(STRIPE_INTEGRATIONS=ours, ALLOWED_HOSTS=["testserver"]):
                report = story(fake)
    finally:
        teardown_databases(databases, verbosity=0)
    print(json.dumps(report, default=str))


def post(kind, data):
    """Post an event as Stripe would, and return the status of the answer."""
    body = json.dumps(objects.event(kind, data)).encode()
    headers = sign(body, "whsec_test", int(time.time()))
    answer = Client().post(
        "/stripe/webhook", body, content_type="application/json", headers=headers
    )
    return answer.status_code


def named_team(request):
    """Return the team that a header names: a project would look at who is logged in."""
    from tests.owners.models import Team

    return Team.objects.filter(name=request.headers["X-Team"]).first()


def seen_as(browser, team):
    """Return what the API for a billing page answers of a team's subscriptions."""
    ours = {**settings.STRIPE_INTEGRATIONS, "GET_OWNER": f"{__spec__.name}.named_team"}
    with override_settings(STRIPE_INTEGRATIONS=ours):
        return browser.get("/billing/subscriptions/", headers={"X-Team": team.name if team else ""})


def refused(call, *args):
    try:
        call(*args)
    except (TypeError, ValueError, ImproperlyConfigured) as error:
        return str(error)
    return None


def checks(**values):
    """Return the ids of what our checks say of the owners."""
    from stripe_integrations.checks import check_owners

    ours = {**settings.STRIPE_INTEGRATIONS, **values.pop("ours", {})}
    with override_settings(STRIPE_INTEGRATIONS=ours, **values):
        return [message.id.rpartition(".")[2] for message in check_owners()]


def story(fake):
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import AnonymousUser

    from stripe_integrations import conf, local_users
    from stripe_integrations.access import subscribed
    from stripe_integrations.actions import StripeCustomer, StripeSubscription
    from stripe_integrations.checks import check_billing
    from tests.owners.models import Club, House, Team

    customers, subscriptions = (conf.model(name).objects for name in ("Customer", "Subscription"))
    red, blue, green, _grey = (
        Team.objects.create(name=name, email=f"{name}@example.com")
        for name in ("red", "blue", "green", "grey")
    )
    nameless = Team.objects.create(name="nameless")
    ada = get_user_model().objects.create_superuser("ada", "ada@example.com")

    created = StripeCustomer.create(red)
    report = {
        "created": [created.email, created.user == red, created.metadata],
        "create again": StripeCustomer.create(red) == created,
        "email of a team without": StripeCustomer.create(nameless).email,
        "asked at Stripe": [customer["metadata"] for customer in fake.objects["customers"].values()]
        == [{"team_id": str(team.pk)} for team in (red, nameless)],
    }

    # The webhooks link by metadata, by a checkout, and by e-mail if that is wanted.
    named = objects.customer("cus_blue", metadata={"team_id": str(blue.pk)})
    answers = [post("customer.created", named)]
    answers += [post("customer.created", objects.customer("cus_green"))]
    session = {
        "id": "cs_1",
        "object": "checkout.session",
        "customer": "cus_green",
        "client_reference_id": str(green.pk),
    }
    answers += [post("checkout.session.completed", session)]
    absent = objects.customer("cus_absent", metadata={"team_id": "999999"})
    answers += [post("customer.created", absent)]
    # The second address is that of a user, who is not looked for.
    by_email = {**settings.STRIPE_INTEGRATIONS, "LINK_USERS_BY_EMAIL": True}
    with override_settings(STRIPE_INTEGRATIONS=by_email):
        grey_one = objects.customer("cus_grey", email="GREY@example.com")
        answers += [post("customer.created", grey_one)]
        adas = objects.customer("cus_ada", email=ada.email)
        answers += [post("customer.created", adas)]
    answers += [post("customer.subscription.created", objects.subscription(customer="cus_blue"))]
    report |= {
        "answers": answers,
        "linked": {
            pk: str(customers.get(pk=pk).user)
            for pk in ("cus_blue", "cus_green", "cus_absent", "cus_grey", "cus_ada")
        },
        "for_user": [row.pk for row in customers.for_user(blue)],
        "subscriptions": [row.pk for row in subscriptions.for_user(blue)],
        "reverse name": [row.pk for row in blue.stripe_customers.all()],
        "subscribed": [subscribed(team) for team in (blue, red, AnonymousUser(), None)],
        "action": StripeSubscription.has_active_subscription(blue),
        "refused": [
            refused(customers.for_user, ada),
            refused(subscribed, ada),
            refused(StripeCustomer.create, ada),
            refused(StripeSubscription.create, Team.objects.create(name="new"), ["price_1"]),
        ],
    }

    browser = Client()
    browser.force_login(ada)
    changelist = reverse("admin:stripe_integrations_customer_changelist")
    change = reverse("admin:stripe_integrations_customer_change", args=["cus_blue"])
    page, row = browser.get(changelist), browser.get(change)
    report["admin"] = [
        [page.status_code, row.status_code],
        ["Team blue" in each.content.decode() for each in (page, row)],
        [
            [found.pk for found in browser.get(changelist, {"q": term}).context["cl"].result_list]
            for term in ("blue", "green@example.com", "nobody")
        ],
    ]

    report["api"] = [
        [row["id"] for row in seen_as(browser, team).json()] for team in (blue, red, None)
    ]
    report["api of a user"] = refused(browser.get, "/billing/subscriptions/")
    named = {**settings.STRIPE_INTEGRATIONS, "GET_OWNER": f"{__spec__.name}.named_team"}
    report["checks of the api"] = [message.id for message in check_billing()]
    with override_settings(STRIPE_INTEGRATIONS=named):
        report["checks of the api"] += [message.id for message in check_billing()]

    blue.delete()
    report["deleted owner"] = customers.get(pk="cus_blue").user
    by_mail = {"LINK_USERS_BY_EMAIL": True}
    report["checks"] = {
        "team": checks(ours=by_mail),
        "house": checks(STRIPE_OWNER_MODEL="owners.House"),
        "house by e-mail": checks(STRIPE_OWNER_MODEL="owners.House", ours=by_mail),
        "club by e-mail": checks(STRIPE_OWNER_MODEL="owners.Club", ours=by_mail),
        "user by e-mail": checks(STRIPE_OWNER_MODEL="auth.User", ours=by_mail),
        "absent": checks(STRIPE_OWNER_MODEL="owners.Absent"),
        "no label": checks(STRIPE_OWNER_MODEL="Team"),
    }
    with override_settings(STRIPE_OWNER_MODEL="owners.Club"):
        report["email of a club"] = local_users.email_of(Club())
    with override_settings(STRIPE_OWNER_MODEL="owners.House"):
        report["email of a house"] = local_users.email_of(House())
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)
    return report


if __name__ == "__main__":
    main()
