"""The suite's settings with every model swapped."""

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.swapped"]

STRIPE_BANK_ACCOUNT_MODEL = "swapped.BankAccount"
STRIPE_CARD_MODEL = "swapped.Card"
STRIPE_COUPON_MODEL = "swapped.Coupon"
STRIPE_CUSTOMER_MODEL = "swapped.Customer"
STRIPE_EVENT_MODEL = "swapped.Event"
STRIPE_PRICE_MODEL = "swapped.Price"
STRIPE_PRODUCT_MODEL = "swapped.Product"
STRIPE_SOURCE_MODEL = "swapped.Source"
STRIPE_SUBSCRIPTION_MODEL = "swapped.Subscription"
