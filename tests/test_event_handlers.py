"""CrudType, stripe_receiver, and the decorator `webhooks.handler`."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from stripe_integrations import conf, registry
from stripe_integrations.actions import StripeWebhook
from stripe_integrations.event_handlers import CrudType, stripe_receiver
from stripe_integrations.webhooks import handler
from tests import objects

pytestmark = pytest.mark.usefixtures("own_registry")


def mine():
    """Return the registered classes of this module."""
    return [webhook for webhook in registry.registered() if webhook.__module__ == __name__]


def process(kind, data):
    message = objects.event(kind, data)
    return StripeWebhook.receive(message, objects.body(message).decode())


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
    def test_of_an_event(self, kind, crud_type):
        assert CrudType.determine(conf.model("Event")(kind=kind)) is crud_type

    def test_of_a_verb_that_is_given(self):
        event = conf.model("Event")(kind="customer.deleted")
        assert CrudType.determine(event, "updated") is CrudType.UPDATED
        assert CrudType.determine(event, verb="deleted") is CrudType.DELETED
        assert CrudType.determine(None, verb="created") is CrudType.UPDATED

    def test_members(self):
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
    def test_is_called_with_sender_and_event(self, names, kinds):
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
    def test_several_names(self):
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

    def test_one_name_of_functions_for_other_events(self):
        """The examples of seed 004 are all called my_handler."""
        for name in ("product", "price"):

            @handler(name)
            def my_handler(event):
                """Do nothing."""

        assert len(mine()) == 2

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
