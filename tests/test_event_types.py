"""The event types that the installed SDK lists."""

import pytest

from stripe_integrations import event_types, registry


class TestKnown:
    @pytest.mark.parametrize(
        "name",
        ["product.created", "customer.subscription.trial_will_end", "checkout.session.completed"],
    )
    def test_lists_types(self, name):
        assert name in event_types.known()

    def test_lists_nothing_but_types(self):
        assert len(event_types.known()) > 200
        assert all("." in name and name == name.strip().lower() for name in event_types.known())

    def test_every_name_of_our_classes_is_known(self):
        ours = [w for w in registry.registered() if w.__module__.startswith("stripe_integrations.")]
        names = {name for webhook in ours for name in registry.names(webhook)}
        assert len(names) >= 19
        assert names - event_types.known() == set()


class TestIsKnown:
    @pytest.mark.parametrize(
        "name", ["product.created", "product", "customer.subscription", "checkout", "*"]
    )
    def test_type_prefix_or_all(self, name):
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
    def test_of_a_slip(self, misspelt, nearest):
        assert event_types.nearest(misspelt) == nearest

    def test_of_nothing_like_it(self):
        assert event_types.nearest("zzzzzzzzzzzz") is None
