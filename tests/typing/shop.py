"""A file of a project that checks its types strictly: mypy has nothing to say of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User

from stripe_integrations import access, kinds
from stripe_integrations.actions import (
    MIRRORED,
    StripeAction,
    StripeBankAccount,
    StripeCard,
    StripeCoupon,
    StripeCustomer,
    StripeEndpoint,
    StripeEventAction,
    StripePrice,
    StripeProduct,
    StripeSource,
    StripeSubscription,
    StripeWebhook,
)
from stripe_integrations.babel import format_money
from stripe_integrations.models import (
    BankAccount,
    Card,
    Coupon,
    Customer,
    Event,
    Invoice,
    Price,
    Product,
    PromotionCode,
    Source,
    StripeQuerySet,
    Subscription,
    WebhookEndpoint,
    WebhookEventTrigger,
)
from stripe_integrations.testing import (
    FakeStripe,
    StripeWebhookClient,
    WebhookURL,
    deliver_shuffled,
    objects,
    sign,
)
from stripe_integrations.webhooks import handler
from stripe_integrations.webhooks.base import BaseWebhook

# -- rows and their columns


def newest_product() -> Product | None:
    return Product.objects.not_deleted().order_by("-created").first()


def product_name(product_id: str) -> str | None:
    return Product.objects.get(pk=product_id).name


def shown_name(product: Product) -> str:
    return product.pk if product.name is None else product.name.title()


def own_columns(product: Product) -> tuple[str, str | None, bool | None, int, dict[str, Any]]:
    return product.id, product.account, product.livemode, product.version, product.stripe_data


def is_gone(product: Product) -> bool:
    return product.is_deleted and product.deleted_at is not None


def days_left(subscription: Subscription, now: datetime) -> int:
    end = subscription.current_period_end
    return 0 if end is None else (end - now).days


def amounts(price: Price, coupon: Coupon, customer: Customer) -> list[Decimal | None]:
    return [price.unit_amount_money, coupon.amount_off_money, customer.balance_money]


def pays_with(card: Card, account: BankAccount, source: Source) -> list[str | None]:
    return [card.last4, account.bank_name, source.type]


# -- queries


def catalogue() -> StripeQuerySet[Price]:
    return Price.objects.for_sale().order_by("unit_amount")


def cheapest() -> Price | None:
    return Price.objects.not_deleted().for_sale().order_by("unit_amount").first()


def running(user: User) -> Subscription | None:
    return Subscription.objects.for_user(user).current().first()


def supported(price: Price) -> list[Subscription]:
    return [*Subscription.objects.with_price(price), *Subscription.objects.with_price("support")]


def unpaid(user: User) -> Invoice | None:
    return Invoice.objects.for_user(user).open().first()


def codes() -> list[str | None]:
    return [each.code for each in PromotionCode.objects.active()]


def is_customer(user: User) -> bool:
    return Customer.objects.for_user(user).not_deleted().exists()


def wallet(user: User) -> tuple[Sequence[Card], Sequence[BankAccount], Sequence[Source]]:
    return (
        list(Card.objects.for_user(user)),
        list(BankAccount.objects.for_user(user)),
        list(Source.objects.for_user(user).not_deleted()),
    )


def valid_coupons() -> list[Coupon]:
    return [coupon for coupon in Coupon.objects.not_deleted() if coupon.valid]


def failed() -> list[str]:
    return [event.kind for event in Event.objects.in_states("failed").of_type("price")]


# -- links


def owed(invoice: Invoice) -> tuple[Decimal | None, list[Price | None]]:
    return invoice.amount_remaining_money, [line.price for line in invoice.lines.all()]


def product_of(price: Price) -> Product | None:
    return price.product


def product_id_of(price: Price) -> str | None:
    return price.product_id


def name_of(price: Price) -> str | None:
    return price.product.name if price.product else None


def payer(subscription: Subscription) -> Customer | None:
    return subscription.customer


def price_of(subscription: Subscription) -> Price | None:
    return subscription.price


def user_of(subscription: Subscription) -> User | None:
    return subscription.customer.user if subscription.customer else None


def default_price_of(product: Product) -> Price | None:
    return product.default_price


def event_of(trigger: WebhookEventTrigger) -> Event | None:
    return trigger.event


def brought_by(event: Event) -> WebhookEndpoint | None:
    return event.webhook_endpoint


def current_of(customer: Customer) -> list[Subscription]:
    return list(customer.subscriptions.current())


# -- actions


def synced(data: dict[str, Any]) -> Product | None:
    return StripeProduct.sync(data)


def read() -> tuple[Product, Price, Coupon, Card, BankAccount, Source, Subscription, Customer]:
    return (
        StripeProduct.retrieve("prod_1"),
        StripePrice.retrieve("price_1", account="acct_1"),
        StripeCoupon.retrieve("gift"),
        StripeCard.retrieve("card_1", customer="cus_1"),
        StripeBankAccount.retrieve("ba_1"),
        StripeSource.retrieve("src_1"),
        StripeSubscription.retrieve("sub_1"),
        StripeCustomer.retrieve("cus_1"),
    )


def signed_up(user: User) -> Customer:
    return StripeCustomer.get(user) or StripeCustomer.create(user, metadata={"from": "shop"})


def subscribed(user: User, price: Price) -> Subscription:
    if StripeSubscription.has_active_subscription(user):
        found = StripeSubscription.get_current_subscription(user)
        if found is not None:
            return StripeSubscription.update(found, description="again")
    return StripeSubscription.create(user, [price])


def canceled(subscription: Subscription) -> Subscription:
    return StripeSubscription.cancel(subscription, at_period_end=False)


def detached(card: Card) -> Card:
    return StripeCard.delete(card)


def removed(stripe_id: str) -> Price | None:
    return StripePrice.soft_delete(stripe_id)


def rolled(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    return StripeEndpoint.roll(endpoint)


def processed(data: dict[str, Any]) -> Event:
    return StripeWebhook.process(StripeWebhook.process_webhook(data, verified=True))


def stored(stripe_id: str) -> Event | None:
    return StripeEventAction.find(stripe_id)


def action_on(name: str) -> type[StripeAction[Any]]:
    return MIRRORED[kinds.MIRRORED[name].object]


class OwnProduct(StripeProduct):
    """Another verb on an action of the package."""

    @classmethod
    def renamed(cls, product: Product, name: str) -> Product:
        params = {"name": name}
        return cls._call("post", f"/v1/products/{product.pk}", params, changes=product.pk)


class OwnCoupon(StripeAction[Coupon]):
    """An action of the project's own."""

    kind = kinds.COUPON

    @classmethod
    def percentage(cls, stripe_id: str) -> Decimal | None:
        return cls.retrieve(stripe_id).percent_off


# -- webhooks


class RenamedWebhook(BaseWebhook):
    name = "product.updated"

    def process_webhook(self) -> None:
        product = StripeProduct.sync(self.event.message["data"]["object"])
        if product is not None and self.event.kind.startswith("product."):
            shown_name(product)


@handler("price.created", "price.updated")
def price_changed(event: Event) -> None:
    StripePrice.sync(event.stripe_object)


# -- access and money


def may_read(user: User, product: Product) -> bool:
    bought = access.subscribed(user, product=product, grace=timedelta(days=3))
    return bought or access.on_trial("cus_1", price="price_1") or access.entitled(user, "reports")


def shown_price(price: Price) -> str:
    return format_money(price.unit_amount, price.currency, "de") or "on request"


def tested(stripe_api: FakeStripe, stripe_webhooks: StripeWebhookClient) -> list[int]:
    gold: dict[str, Any] = objects.price("price_gold", unit_amount=1900)
    event: dict[str, Any] = objects.event("price.updated", gold, previous={"unit_amount": 1700})
    url = WebhookURL("http://127.0.0.1:8000/stripe/webhook", "whsec_1")
    deliver_shuffled([event], state=lambda: access.subscribed("cus_1"))
    headers: dict[str, str] = sign(objects.body(event), "whsec_1", objects.NOW)
    assert headers
    assert url.send(event).status_code == 200
    stripe_api.create("prices", gold)
    return [*stripe_api.deliver(url), *stripe_api.deliver(stripe_webhooks)]
