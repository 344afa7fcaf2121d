"""Which classes an event runs, and which can be registered."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from stripe_integrations import event_types
from stripe_integrations.dispatch import registry
from stripe_integrations.webhooks import BaseWebhook, MirrorWebhook, handler, products


class Ran(BaseWebhook):
    """A base with something to do, so that a test says only what it is about."""

    abstract = True

    def process_webhook(self):
        """Do nothing."""


@pytest.fixture(autouse=True)
def empty_registry():
    """Keep nothing but what a test registers, and put the rest back after it."""
    before = dict(registry._classes)
    registry._classes.clear()
    registry.matching.cache_clear()
    yield
    registry._classes.clear()
    registry._classes.update(before)
    registry.matching.cache_clear()


@pytest.fixture
def built_ins(empty_registry):
    registry.register(products.ProductCreatedWebhook)
    registry.register(products.ProductUpdatedWebhook)


def define(label, *bases, **attributes):
    """Define a webhook class of that name."""
    return type(label, bases or (Ran,), {"__module__": __name__, **attributes})


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
    def test_name_matches_as_listed(self, name, kind, matches):
        assert event_types.matches(name, kind) is matches

    def test_of_one_name_among_several(self):
        class Several(Ran):
            name = ("price", "product.created")

        assert list(registry.matching("price.deleted")) == [Several]
        assert list(registry.matching("product.created")) == [Several]
        assert list(registry.matching("product.deleted")) == []

    def test_class_of_two_matching_names_runs_once(self):
        class Twice(Ran):
            name = ("product", "product.created", "*")

        assert list(registry.matching("product.created")) == [Twice]

    def test_unknown_event_has_no_classes(self):
        assert list(registry.matching("never.heard_of")) == []


class TestRegistering:
    def test_inherited_name_counts(self):
        class Parent(Ran):
            abstract = True
            name = "product.created"

        class Child(Parent):
            pass

        assert list(registry.matching("product.created")) == [Child]

    def test_abstract_is_not_inherited(self):
        class Parent(Ran):
            abstract = True

        class Child(Parent):
            name = "product.created"

        assert registry.registered() == [Child]

    def test_abstract_false_registers(self):
        class Plain(Ran):
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

    def test_class_without_process_webhook_is_refused_with_what_to_write(self):
        with pytest.raises(
            ImproperlyConfigured,
            match=r"test_registry\.Nothing has no method `def process_webhook\(self\):`.*write one",
        ):
            define("Nothing", BaseWebhook, name="product.created")
        assert registry.registered() == []

    def test_class_whose_process_webhook_is_none_is_refused_with_what_to_write(self):
        with pytest.raises(ImproperlyConfigured, match="has no method `def process_webhook"):
            define("Nothing", BaseWebhook, name="product.created", process_webhook=None)
        assert registry.registered() == []

    def test_abstract_class_without_process_webhook_is_allowed(self):
        base = define("Base", BaseWebhook, name="product.created", abstract=True)
        assert registry.registered() == []
        child = define("Child", base, process_webhook=lambda self: None)
        assert registry.registered() == [child]

    @pytest.mark.parametrize(
        "process_webhook",
        [lambda: None, lambda self, event: None, staticmethod(lambda self: None)],
    )
    def test_process_webhook_that_cannot_be_called_is_refused(self, process_webhook):
        with pytest.raises(
            ImproperlyConfigured,
            match=r"Odd\.process_webhook.*write `def process_webhook\(self\):`",
        ):
            define("Odd", BaseWebhook, name="product", process_webhook=process_webhook)
        assert registry.registered() == []

    @pytest.mark.parametrize(
        "process_webhook",
        [
            lambda self, **kwargs: None,
            lambda self, again=False: None,
            staticmethod(lambda: None),
            classmethod(lambda cls: None),
        ],
    )
    def test_process_webhook_that_can_be_called_is_registered(self, process_webhook):
        webhook = define("Odd", BaseWebhook, name="product", process_webhook=process_webhook)
        assert registry.registered() == [webhook]

    def test_same_key_twice_is_an_error(self):
        first = define("Same", name="product.created")
        with pytest.raises(
            ImproperlyConfigured, match=r"Same is registered twice, for product\.created and for "
        ):
            define("Same", name="product.created")
        assert registry.registered() == [first]

    def test_same_class_twice_is_none(self):
        webhook = define("Same", name="product.created")
        registry.register(webhook)
        assert registry.registered() == [webhook]

    def test_same_qualname_for_other_events_is_an_error(self):
        first = define("Same", name="product.created")
        with pytest.raises(
            ImproperlyConfigured,
            match=r"Same is registered twice, for product\.created and for product\.deleted: give "
            r"one of the two another name, or all event names to one of them",
        ):
            define("Same", name="product.deleted")
        assert registry.registered() == [first]

    def test_function_with_two_decorators_is_an_error_that_says_what_to_write(self):
        with pytest.raises(
            ImproperlyConfigured,
            match=r"\.twice is registered twice, .*@handler\(\"price\", \"product\"\)",
        ):

            @handler("product")
            @handler("price")
            def twice(event):
                """Do nothing."""

    def test_names_are_no_part_of_the_key(self):
        webhook = define("Same", name=("b", "a"))
        assert registry.class_key(webhook) == f"{__name__}.Same"


class TestRemembering:
    def test_new_class_is_seen_by_the_next_event(self):
        assert list(registry.matching("product.created")) == []
        webhook = define("Late", name="product")
        assert list(registry.matching("product.created")) == [webhook]

    def test_list_that_is_changed_changes_no_other(self):
        webhook = define("Only", name="product")
        list(registry.matching("product.created")).clear()
        assert list(registry.matching("product.created")) == [webhook]

    def test_unknown_types_in_any_number_are_not_all_remembered(self):
        for number in range(registry.MAX_KINDS + 100):
            list(registry.matching(f"made.up.{number}"))
        assert registry.matching.cache_info().currsize == registry.MAX_KINDS

    def test_type_that_was_seen_is_remembered(self):
        define("Only", name="product")
        list(registry.matching("product.created"))
        list(registry.matching("product.created"))
        assert registry.matching.cache_info().hits == 1


class TestReplacing:
    def test_subclass_takes_its_parents_place(self, built_ins):
        class Mine(products.ProductCreatedWebhook):
            pass

        assert list(registry.matching("product.created")) == [Mine]
        assert list(registry.matching("product.updated")) == [products.ProductUpdatedWebhook]

    def test_grandchild_takes_the_place_of_both(self, built_ins):
        class Mine(products.ProductCreatedWebhook):
            pass

        class Final(Mine):
            pass

        assert list(registry.matching("product.created")) == [Final]

    def test_only_for_the_events_that_it_names(self):
        class Parent(Ran):
            name = "product"

        class Child(Parent):
            name = "product.created"

        assert list(registry.matching("product.created")) == [Child]
        assert list(registry.matching("product.deleted")) == [Parent]

    def test_subclass_of_another_event_replaces_nothing(self, built_ins):
        class Mine(products.ProductCreatedWebhook):
            name = "price.created"

        assert list(registry.matching("product.created")) == [products.ProductCreatedWebhook]
        assert list(registry.matching("price.created")) == [Mine]

    def test_two_siblings_both_run(self, built_ins):
        class One(products.ProductCreatedWebhook):
            pass

        class Two(products.ProductCreatedWebhook):
            pass

        assert list(registry.matching("product.created")) == [One, Two]
        assert registry.replacements() == {products.ProductCreatedWebhook: [One, Two]}

    def test_abstract_subclass_replaces_nothing(self, built_ins):
        class Base(products.ProductCreatedWebhook):
            abstract = True

        assert list(registry.matching("product.created")) == [products.ProductCreatedWebhook]


class TestOrder:
    def test_our_classes_run_first_then_by_key(self, built_ins):
        zebra = define("Zebra", name="product.created")
        ant = define("Ant", name="product")
        every = define("Every", name="*", __module__="a.module.before.ours")
        assert list(registry.matching("product.created")) == [
            products.ProductCreatedWebhook,
            every,
            ant,
            zebra,
        ]

    def test_replacement_keeps_the_turn(self, built_ins):
        other = define("Ant", name="product.created")
        mine = define("Zebra", products.ProductCreatedWebhook)
        assert list(registry.matching("product.created")) == [mine, other]
        assert registry.is_built_in(mine)
        assert not registry.is_built_in(other)

    def test_sync_class_of_a_project_is_not_ours(self, built_ins):
        other = define("Ant", MirrorWebhook, name="product.created")
        assert list(registry.matching("product.created")) == [products.ProductCreatedWebhook, other]
        assert not registry.is_built_in(other)

    def test_package_whose_name_begins_like_ours_is_not_ours(self, built_ins):
        other = define("Ant", name="product", __module__="stripe_integrations_extra.webhooks")
        assert not registry.is_built_in(other)
        assert registry.is_built_in(products.ProductCreatedWebhook)
