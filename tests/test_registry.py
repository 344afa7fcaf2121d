"""Which classes an event runs, and which can be registered."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from stripe_integrations import registry
from stripe_integrations.webhooks import BaseWebhook, SyncWebhook, handler, products


@pytest.fixture(autouse=True)
def empty_registry():
    """Keep nothing but what a test registers, and put the rest back after it."""
    before = dict(registry._classes)
    registry._classes.clear()
    yield
    registry._classes.clear()
    registry._classes.update(before)


@pytest.fixture
def built_ins(empty_registry):
    registry.register(products.ProductCreatedWebhook)
    registry.register(products.ProductUpdatedWebhook)


def define(label, *bases, **attributes):
    """Define a webhook class of that name."""
    return type(label, bases or (BaseWebhook,), {"__module__": __name__, **attributes})


class TestMatching:
    @pytest.mark.parametrize(
        ("name", "kind", "matches"),
        [
            ("product.created", "product.created", True),
            ("product.created", "product.updated", False),
            ("product", "product.created", True),
            ("customer", "customer.subscription.updated", True),
            ("customer.subscription", "customer.subscription.updated", True),
            ("customer.sub", "customer.subscription.updated", False),
            ("custom", "customer.created", False),
            ("customer.subscription.updated", "customer", False),
            ("product.", "product.created", False),
            ("", "product.created", False),
            ("*", "anything.at.all", True),
            ("*", "one", True),
            ("Product", "product.created", False),
            ("product.*", "product.created", False),
        ],
    )
    def test_name(self, name, kind, matches):
        assert registry.matches(name, kind) is matches

    def test_of_one_name_among_several(self):
        class Several(BaseWebhook):
            name = ("price", "product.created")

        assert registry.for_event("price.deleted") == [Several]
        assert registry.for_event("product.created") == [Several]
        assert registry.for_event("product.deleted") == []

    def test_class_of_two_matching_names_runs_once(self):
        class Twice(BaseWebhook):
            name = ("product", "product.created", "*")

        assert registry.for_event("product.created") == [Twice]

    def test_unknown_event_has_no_classes(self):
        assert registry.for_event("never.heard_of") == []


class TestRegistering:
    def test_inherited_name_counts(self):
        class Parent(BaseWebhook):
            abstract = True
            name = "product.created"

        class Child(Parent):
            pass

        assert registry.for_event("product.created") == [Child]

    def test_abstract_is_not_inherited(self):
        class Parent(BaseWebhook):
            abstract = True

        class Child(Parent):
            name = "product.created"

        assert registry.registered() == [Child]

    def test_abstract_false_registers(self):
        class Plain(BaseWebhook):
            abstract = False
            name = "product.created"

        assert registry.registered() == [Plain]

    @pytest.mark.parametrize("name", ["", (), []])
    def test_class_without_a_name_is_an_error(self, name):
        with pytest.raises(ImproperlyConfigured, match=r"test_registry\.Nameless names no event"):
            define("Nameless", name=name)
        assert registry.registered() == []

    def test_class_that_says_nothing_is_an_error(self):
        with pytest.raises(ImproperlyConfigured, match="names no event"):
            define("Nameless")

    def test_coroutine_is_an_error(self):
        with pytest.raises(ImproperlyConfigured, match="is a coroutine or generator"):

            class Awaited(BaseWebhook):
                name = "product.created"

                async def process_webhook(self):
                    """Nobody would await it."""

        assert registry.registered() == []

    def test_inherited_coroutine_is_an_error(self):
        class Mixin:
            async def process_webhook(self):
                """Nobody would await it."""

        with pytest.raises(ImproperlyConfigured, match="is a coroutine or generator"):
            define("Awaited", Mixin, BaseWebhook, name="product")

    def test_generator_is_an_error(self):
        with pytest.raises(ImproperlyConfigured, match="is a coroutine or generator"):

            class Yields(BaseWebhook):
                name = "product.created"

                def process_webhook(self):
                    yield

    def test_decorated_coroutine_is_an_error(self):
        with pytest.raises(ImproperlyConfigured, match="coroutine or generator"):

            @handler("product.created")
            async def awaited(event):
                """Nobody would await it."""

        assert registry.registered() == []

    def test_same_key_twice_is_an_error(self):
        first = define("Same", name="product.created")
        with pytest.raises(
            ImproperlyConfigured, match=r"Same is registered twice for product\.created"
        ):
            define("Same", name="product.created")
        assert registry.registered() == [first]

    def test_same_class_twice_is_none(self):
        webhook = define("Same", name="product.created")
        registry.register(webhook)
        assert registry.registered() == [webhook]

    def test_same_qualname_for_other_events_is_another_key(self):
        first = define("Same", name="product.created")
        second = define("Same", name="product.deleted")
        assert registry.registered() == [first, second]

    def test_key_is_the_same_for_names_in_any_order(self):
        define("Same", name=("b", "a"))
        with pytest.raises(ImproperlyConfigured):
            define("Same", name=["a", "b", "a"])
        assert list(registry._classes) == [f"{__name__}.Same:a,b"]


class TestReplacing:
    def test_subclass_takes_its_parents_place(self, built_ins):
        class Mine(products.ProductCreatedWebhook):
            pass

        assert registry.for_event("product.created") == [Mine]
        assert registry.for_event("product.updated") == [products.ProductUpdatedWebhook]

    def test_grandchild_takes_the_place_of_both(self, built_ins):
        class Mine(products.ProductCreatedWebhook):
            pass

        class Final(Mine):
            pass

        assert registry.for_event("product.created") == [Final]

    def test_only_for_the_events_that_it_names(self):
        class Parent(BaseWebhook):
            name = "product"

        class Child(Parent):
            name = "product.created"

        assert registry.for_event("product.created") == [Child]
        assert registry.for_event("product.deleted") == [Parent]

    def test_subclass_of_another_event_replaces_nothing(self, built_ins):
        class Mine(products.ProductCreatedWebhook):
            name = "price.created"

        assert registry.for_event("product.created") == [products.ProductCreatedWebhook]
        assert registry.for_event("price.created") == [Mine]

    def test_two_siblings_both_run(self, built_ins):
        class One(products.ProductCreatedWebhook):
            pass

        class Two(products.ProductCreatedWebhook):
            pass

        assert registry.for_event("product.created") == [One, Two]
        assert registry.replacements() == {products.ProductCreatedWebhook: [One, Two]}

    def test_abstract_subclass_replaces_nothing(self, built_ins):
        class Base(products.ProductCreatedWebhook):
            abstract = True

        assert registry.for_event("product.created") == [products.ProductCreatedWebhook]


class TestOrder:
    def test_ours_first_then_by_key(self, built_ins):
        zebra = define("Zebra", name="product.created")
        ant = define("Ant", name="product")
        every = define("Every", name="*", __module__="a.module.before.ours")
        assert registry.for_event("product.created") == [
            products.ProductCreatedWebhook,
            every,
            ant,
            zebra,
        ]

    def test_replacement_keeps_the_turn(self, built_ins):
        other = define("Ant", name="product.created")
        mine = define("Zebra", products.ProductCreatedWebhook)
        assert registry.for_event("product.created") == [mine, other]
        assert registry.is_built_in(mine)
        assert not registry.is_built_in(other)

    def test_sync_class_of_a_project_is_not_ours(self, built_ins):
        other = define("Ant", SyncWebhook, name="product.created")
        assert registry.for_event("product.created") == [products.ProductCreatedWebhook, other]
        assert not registry.is_built_in(other)

    def test_package_whose_name_begins_like_ours_is_not_ours(self, built_ins):
        other = define("Ant", name="product", __module__="stripe_integrations_extra.webhooks")
        assert not registry.is_built_in(other)
        assert registry.is_built_in(products.ProductCreatedWebhook)


def test_process_webhook_that_is_missing_says_so():
    webhook = define("Nothing", name="product.created")
    with pytest.raises(NotImplementedError, match=r"Nothing has no process_webhook"):
        webhook(event=None).process_webhook()
