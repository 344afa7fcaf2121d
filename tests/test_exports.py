"""The public names, and one file of one name for a family in every layer."""

import importlib
from pathlib import Path

import pytest

import stripe_integrations
from stripe_integrations import actions, conf, models

SEED_003 = {
    "customers": {
        "CustomerCreatedWebhook": "customer.created",
        "CustomerUpdatedWebhook": "customer.updated",
        "CustomerDeletedWebhook": "customer.deleted",
    },
    "sources": {
        "CustomerSourceCreatedWebhook": "customer.source.created",
        "CustomerSourceUpdatedWebhook": "customer.source.updated",
        "CustomerSourceDeletedWebhook": "customer.source.deleted",
    },
    "subscriptions": {
        "CustomerSubscriptionCreatedWebhook": "customer.subscription.created",
        "CustomerSubscriptionUpdatedWebhook": "customer.subscription.updated",
        "CustomerSubscriptionTrialWillEndWebhook": "customer.subscription.trial_will_end",
        "CustomerSubscriptionDeletedWebhook": "customer.subscription.deleted",
    },
    "products": {
        "ProductCreatedWebhook": "product.created",
        "ProductUpdatedWebhook": "product.updated",
        "ProductDeletedWebhook": "product.deleted",
    },
    "prices": {
        "PriceCreatedWebhook": "price.created",
        "PriceUpdatedWebhook": "price.updated",
        "PriceDeletedWebhook": "price.deleted",
    },
    "coupons": {
        "CouponCreatedWebhook": "coupon.created",
        "CouponUpdatedWebhook": "coupon.updated",
        "CouponDeletedWebhook": "coupon.deleted",
    },
}


def test_there_are_19():
    assert sum(map(len, SEED_003.values())) == 19


@pytest.mark.parametrize("family", SEED_003)
def test_webhook_classes(family):
    module = importlib.import_module(f"stripe_integrations.webhooks.{family}")
    for class_name, event_name in SEED_003[family].items():
        webhook = getattr(module, class_name)
        assert webhook.name == event_name
        assert webhook.description.startswith("Occurs ")


@pytest.mark.parametrize("family", SEED_003)
def test_one_name_in_every_layer(family):
    package, tests = Path(stripe_integrations.__file__).parent, Path(__file__).parent
    for layer in ("models", "actions", "webhooks"):
        assert (package / layer / f"{family}.py").is_file()
    assert (tests / "webhooks" / f"test_{family}.py").is_file()
    assert (tests / "actions" / f"test_{family}.py").is_file()


def test_each_mirror_has_its_exports():
    mirrored = {action.model_name for action in actions.MIRRORED.values()}
    assert mirrored == set(conf.SWAPPABLE) - {"Event"}
    for name in conf.SWAPPABLE:
        assert {name, f"StripeBase{name}"} <= set(models.__all__)
    for action in actions.MIRRORED.values():
        assert action.__name__ in actions.__all__


@pytest.mark.parametrize(
    ("module", "names"),
    [
        (
            "actions",
            """StripeWebhook StripeEventAction StripeCustomer StripeCard StripeSubscription
            StripeProduct StripePrice StripeCoupon""",
        ),
        ("webhooks.base", "BaseWebhook"),
        ("webhooks", "handler"),
        ("event_handlers", "CrudType stripe_receiver"),
        ("models", "Event WebhookEndpoint WebhookEventTrigger"),
        ("viewsets", "StripeWebhookViewSet"),
    ],
)
def test_names_of_the_seeds(module, names):
    imported = importlib.import_module(f"stripe_integrations.{module}")
    for name in names.split():
        assert hasattr(imported, name)


def test_version_is_in_the_changelog():
    changelog = Path(__file__).parents[1] / "CHANGELOG.rst"
    assert f"\n{stripe_integrations.__version__} " in changelog.read_text()
