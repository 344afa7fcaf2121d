"""The event types that the installed SDK lists."""

import pytest

from stripe_integrations import event_types
from stripe_integrations.dispatch import registry


class TestKnown:
    @pytest.mark.parametrize(
        "name",
        ["product.created", "customer.subscription.trial_will_end", "checkout.session.completed"],
    )
    def test_known_types_are_listed(self, name):
        assert name in event_types.known()

    def test_nothing_but_types_is_listed(self):
        assert len(event_types.known()) > 200
        assert all("." in name and name == name.strip().lower() for name in event_types.known())

    def test_every_name_of_our_classes_is_known(self):
        ours = [w for w in registry.registered() if w.__module__.startswith("stripe_integrations.")]
        names = {name for webhook in ours for name in registry.names(webhook)}
        assert len(names) >= 19
        assert {name for name in names if not event_types.is_known(name)} == set()


class TestIsKnown:
    @pytest.mark.parametrize(
        "name", ["product.created", "product", "customer.subscription", "checkout", "*"]
    )
    def test_type_prefix_and_star_are_known(self, name):
        assert event_types.is_known(name)

    @pytest.mark.parametrize(
        "name", ["product.create", "products", "product.", "", "Product.created", "*.created"]
    )
    def test_anything_else_is_not(self, name):
        assert not event_types.is_known(name)


class TestNearest:
    @pytest.mark.parametrize(
        ("misspelt", "nearest"),
        [
            ("product.create", "product.created"),
            ("products.created", "product.created"),
            ("custmer", "customer"),
            ("customer.subscripton", "customer.subscription"),
            ("customer.subscription.trial_will_ends", "customer.subscription.trial_will_end"),
        ],
    )
    def test_nearest_of_a_slip_is_the_type_that_was_meant(self, misspelt, nearest):
        assert event_types.nearest(misspelt) == nearest

    def test_nearest_of_nothing_like_a_type_is_none(self):
        assert event_types.nearest("zzzzzzzzzzzz") is None
