"""The public names."""

import importlib
from pathlib import Path

import pytest

import stripe_integrations
from stripe_integrations import access, actions, api, babel, conf, gates, kinds, models, testing

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
def test_webhook_classes_of_the_seed_exist(family):
    module = importlib.import_module(f"stripe_integrations.webhooks.{family}")
    for class_name, event_name in SEED_003[family].items():
        webhook = getattr(module, class_name)
        assert webhook.name == event_name
        assert webhook.description.startswith("Occurs ")


@pytest.mark.parametrize("name", kinds.MIRRORED)
def test_each_kind_has_an_action_that_is_exported(name):
    action = actions.MIRRORED[name]
    assert action.kind is kinds.MIRRORED[name]
    assert action.__name__ in actions.__all__
    assert getattr(actions, action.__name__) is action


@pytest.mark.parametrize("name", conf.SWAPPABLE)
def test_each_model_and_its_base_are_exported(name):
    assert {name, conf.base_name(name)} <= set(models.__all__)


def test_name_in_all_is_there():
    for module in (access, actions, api, babel, gates, kinds, models, testing, testing.objects):
        assert all(hasattr(module, name) for name in module.__all__)


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
def test_names_of_the_seeds_exist(module, names):
    imported = importlib.import_module(f"stripe_integrations.{module}")
    for name in names.split():
        assert hasattr(imported, name)


def test_version_is_in_the_changelog():
    changelog = Path(__file__).parents[1] / "CHANGELOG.rst"
    assert f"\n{stripe_integrations.__version__} " in changelog.read_text()
