"""CrudType, stripe_receiver, and the decorator `webhooks.handler`."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from stripe_integrations import conf
from stripe_integrations.dispatch import registry
from stripe_integrations.event_handlers import CrudType, stripe_receiver
from stripe_integrations.inbox.receive import accept
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import handler

pytestmark = pytest.mark.usefixtures("own_registry")


def mine():
    """Return the registered classes of this module."""
    return [webhook for webhook in registry.registered() if webhook.__module__ == __name__]


def process(kind, data):
    message = objects.event(kind, data)
    return accept(message, objects.body(message).decode())


class TestCrudType:
    @pytest.mark.parametrize(
        ("kind", "crud_type"),
        [
            ("customer.created", CrudType.UPDATED),
            ("customer.updated", CrudType.UPDATED),
            ("customer.deleted", CrudType.DELETED),
            ("customer.source.deleted", CrudType.DELETED),
            ("customer.subscription.trial_will_end", CrudType.UPDATED),
            ("deleted", CrudType.DELETED),
            ("deleted.again", CrudType.UPDATED),
        ],
    )
    def test_crud_type_of_an_event_is_its_verbs(self, kind, crud_type):
        assert CrudType.determine(conf.model("Event")(kind=kind)) is crud_type

    def test_of_a_verb_that_is_given(self):
        event = conf.model("Event")(kind="customer.deleted")
        assert CrudType.determine(event, "updated") is CrudType.UPDATED
        assert CrudType.determine(event, verb="deleted") is CrudType.DELETED
        assert CrudType.determine(None, verb="created") is CrudType.UPDATED

    def test_crud_type_has_the_members_of_the_seed(self):
        assert {"DELETED", "UPDATED"} <= set(CrudType.__members__)


class TestStripeReceiver:
    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize(
        ("names", "kinds"),
        [
            ("product.created", ["product.created"]),
            (["product.created", "price.created"], ["price.created", "product.created"]),
            (("product", "price"), ["price.created", "product.created", "product.updated"]),
            (iter(["product.updated"]), ["product.updated"]),
        ],
    )
    def test_receiver_is_called_with_sender_and_event(self, names, kinds):
        calls = []

        @stripe_receiver(names)
        def receiver(sender, event, **kwargs):
            calls.append((sender, event.kind, kwargs))

        process("product.created", objects.product())
        process("product.updated", objects.product())
        process("price.created", objects.price())
        assert sorted(calls, key=lambda call: call[1]) == [
            (conf.model("Event"), kind, {}) for kind in kinds
        ]

    @pytest.mark.django_db(transaction=True)
    def test_several_names_work_as_with_handler(self):
        kinds = []

        @stripe_receiver("price", "product.created")
        def receiver(sender, event, **kwargs):
            kinds.append(event.kind)

        process("product.created", objects.product())
        process("product.updated", objects.product())
        process("price.created", objects.price())
        assert kinds == ["product.created", "price.created"]

    def test_unknown_name_among_several_raises(self):
        with pytest.raises(ValueError, match=r"no event 'prize'\. Did you mean 'price'\?"):
            stripe_receiver("product", "prize")

    def test_without_names_raises(self):
        with pytest.raises(TypeError, match="Give the event names: @stripe_receiver"):
            stripe_receiver()
        with pytest.raises(TypeError, match="Give the event names: @stripe_receiver"):
            stripe_receiver(lambda sender, event: None)

    @pytest.mark.parametrize(
        "receiver",
        [
            lambda: None,
            lambda event: None,
            lambda sender: None,
            lambda sender, event, other: None,
            lambda sender, instance, **kwargs: None,
        ],
    )
    def test_function_that_cannot_be_called_is_refused(self, receiver):
        with pytest.raises(
            ImproperlyConfigured, match=r"write `def <lambda>\(sender, event, \*\*kwargs\):`"
        ):
            stripe_receiver("product")(receiver)
        assert mine() == []

    def test_function_stays_a_function(self):
        def receiver(sender, event, **kwargs):
            return sender, event

        assert stripe_receiver("product")(receiver) is receiver
        assert receiver(1, 2) == (1, 2)

    @pytest.mark.parametrize(
        ("names", "message"),
        [
            ("product.create", r"no event 'product.create'\. Did you mean 'product.created'\?"),
            (["product.created", "prize"], r"no event 'prize'\. Did you mean 'price'\?"),
            ("zzzzzzzzzzzz", r"no event 'zzzzzzzzzzzz'\.$"),
        ],
    )
    def test_unknown_name_raises_with_the_nearest(self, names, message):
        with pytest.raises(ValueError, match=message):
            stripe_receiver(names)
        assert mine() == []

    def test_no_name_raises(self):
        with pytest.raises(ImproperlyConfigured, match="names no event"):
            stripe_receiver([])(lambda sender, event: None)

    def test_coroutine_raises(self):
        with pytest.raises(ImproperlyConfigured, match="coroutine or generator"):

            @stripe_receiver("product")
            async def awaited(sender, event, **kwargs):
                """Nobody would await it."""


class TestHandler:
    @pytest.mark.django_db(transaction=True)
    def test_handler_of_several_names_is_called_for_each(self):
        kinds = []

        @handler("price", "product.created")
        def my_handler(event, **kwargs):
            kinds.append(event.type)

        process("product.created", objects.product())
        process("product.updated", objects.product())
        process("price.created", objects.price())
        assert kinds == ["product.created", "price.created"]

    def test_stands_for_a_class_that_is_named_after_the_function(self):
        @handler("product")
        def my_handler(event):
            """Say hello.

            And more.
            """

        (webhook,) = mine()
        assert webhook.__qualname__.endswith("<locals>.my_handler")
        assert webhook.description == "Say hello."

    def test_two_functions_of_one_name_raise(self):
        """A done key is the function's name: under one name, the second would not run."""

        def define(name):
            @handler(name)
            def my_handler(event):
                """Do nothing."""

        define("product")
        with pytest.raises(ImproperlyConfigured, match="my_handler is registered twice"):
            define("price")
        assert len(mine()) == 1

    @pytest.mark.parametrize(
        "function", [lambda: None, lambda event, other: None, lambda *, event: None]
    )
    def test_function_that_cannot_be_called_is_refused(self, function):
        with pytest.raises(ImproperlyConfigured, match=r"write `def <lambda>\(event\):`"):
            handler("product")(function)
        assert mine() == []

    @pytest.mark.parametrize(
        "function", [lambda event, other=None: None, lambda *args: None, print]
    )
    def test_function_that_can_be_called_is_registered(self, function):
        handler("product")(function)
        assert [webhook.name for webhook in registry.registered()].count(("product",)) == 1

    @pytest.mark.parametrize("names", [(), (lambda event: None,), (None,), (["product"],)])
    def test_without_names_raises(self, names):
        with pytest.raises(TypeError, match="Give the event names"):
            handler(*names)

    @pytest.mark.django_db(transaction=True)
    def test_method_of_a_swapped_event_is_there(self):
        seen = []

        @handler("product.created")
        def my_handler(event):
            seen.append((type(event), event.stripe_object["id"]))

        process("product.created", objects.product())
        assert seen == [(conf.model("Event"), "prod_1")]
