"""A file of a project with mistakes: mypy reports each line that is marked, and no other."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from stripe_integrations import access, kinds
from stripe_integrations.actions import (
    StripeAction,
    StripeCard,
    StripeCustomer,
    StripeEndpoint,
    StripeEventAction,
    StripePrice,
    StripeProduct,
    StripeSubscription,
    StripeWebhook,
)
from stripe_integrations.models import (
    BankAccount,
    Card,
    Coupon,
    Customer,
    Event,
    Invoice,
    Price,
    Product,
    Source,
    Subscription,
    WebhookEventTrigger,
)
from stripe_integrations.webhooks.base import BaseWebhook

# -- rows and their columns


def misspelt(product: Product, price: Price, event: Event) -> None:
    print(product.nmae)  # wrong
    print(price.unit_amout)  # wrong
    print(event.mesage)  # wrong


def ignores_null(product: Product, subscription: Subscription) -> None:
    print(product.name.title())  # wrong
    print(subscription.current_period_end.year)  # wrong
    print(subscription.quantity + 1)  # wrong


def ignores_no_amount(invoice: Invoice, price: Price) -> None:
    print(invoice.total_money + 1)  # wrong
    print(price.unit_amount_money.quantize)  # wrong
    for line in invoice.lines.all():
        print(line.price.currency)  # wrong


def stores_another_type(product: Product, coupon: Coupon) -> None:
    product.name = 1.5  # wrong
    coupon.valid = []  # wrong
    product.account = "acct_1"


def takes_another_type(customer: Customer) -> tuple[str, int]:
    return customer.email, customer.id  # wrong


# -- queries


def asks_for_what_no_item_has(user: User) -> None:
    print(access.subscribed(user, feature="reports"))  # wrong
    print(access.past_due(user, product=1))  # wrong


def misses_a_method(user: User) -> None:
    print(Product.objects.for_sale())  # wrong
    print(Price.objects.for_user(user))  # wrong
    print(Coupon.objects.not_deleted().current())  # wrong
    print(Subscription.objects.for_user(user).curent())  # wrong
    print(Event.objects.not_deleted())  # wrong


def ignores_no_row(user: User) -> None:
    print(Product.objects.not_deleted().first().pk)  # wrong
    print(Price.objects.for_sale().first().pk)  # wrong
    print(Subscription.objects.for_user(user).current().first().pk)  # wrong
    print(Card.objects.for_user(user).first().pk)  # wrong
    print(BankAccount.objects.for_user(user).first().pk)  # wrong
    print(Source.objects.for_user(user).first().pk)  # wrong
    print(Customer.objects.for_user(user).first().pk)  # wrong
    print(Event.objects.in_states("failed").first().pk)  # wrong


def passes_another_row(product: Product) -> None:
    print(Subscription.objects.with_price(product))  # wrong
    print(Invoice.objects.active())  # wrong


def takes_another_row() -> Price:
    return Product.objects.not_deleted().get()  # wrong


# -- links


def ignores_no_link(price: Price, subscription: Subscription) -> None:
    print(price.product.name)  # wrong
    print(subscription.customer.email)  # wrong
    print(subscription.price.currency)  # wrong
    print(subscription.customer_id.lower())  # wrong


def ignores_no_other_link(product: Product, event: Event, trigger: WebhookEventTrigger) -> None:
    print(product.default_price.pk)  # wrong
    print(event.customer.pk)  # wrong
    print(event.webhook_endpoint.url)  # wrong
    print(trigger.event.kind)  # wrong


def misses_a_method_of_a_reverse_name(customer: Customer) -> None:
    print(customer.subscriptions.for_sale())  # wrong
    print(customer.subscriptions.current().first().pk)  # wrong


def links_another_model(price: Price, customer: Customer) -> None:
    price.product = customer  # wrong
    price.product = None


# -- actions


def ignores_no_answer(data: dict[str, Any], user: User) -> None:
    print(StripeProduct.sync(data).name)  # wrong
    print(StripePrice.soft_delete("price_1").pk)  # wrong
    print(StripeCustomer.get(user).email)  # wrong
    print(StripeSubscription.get_current_subscription(user).status)  # wrong
    print(StripeEventAction.find("evt_1").kind)  # wrong


def reads_another_kind(user: User) -> Customer:
    print(StripeProduct.retrieve("prod_1").unit_amount)  # wrong
    print(StripeCustomer.create(user).brand)  # wrong
    print(StripeSubscription.cancel("sub_1").nickname)  # wrong
    print(StripeWebhook.process_webhook({}).uuid)  # wrong
    print(StripeEndpoint.create("https://example.com/stripe").secret)  # wrong
    return StripeCard.retrieve("card_1")  # wrong


def passes_another_kind(price: Price) -> None:
    StripeCard.delete(1)  # wrong
    StripeSubscription.update(price)  # wrong
    StripeEndpoint.disable(price)  # wrong
    StripeWebhook.process(price)  # wrong


def calls_no_verb(user: User) -> str:
    StripeProduct.retreive("prod_1")  # wrong
    return StripeSubscription.has_active_subscription(user)  # wrong


class OwnCoupon(StripeAction[Coupon]):
    """An action of the project's own."""

    kind = kinds.COUPON

    @classmethod
    def price(cls, stripe_id: str) -> int | None:
        return cls.retrieve(stripe_id).unit_amount  # wrong


class OfNoStripeModel(StripeAction[User]):  # wrong
    """An action whose rows are no mirror."""


# -- webhooks


class WrongWebhook(BaseWebhook):
    name = 1  # wrong

    def process_webhook(self) -> None:
        print(self.event.message.data)  # wrong
        print(self.event.kind + 1)  # wrong
        print(self.event.customer.pk)  # wrong
        print(self.evnt)  # wrong
