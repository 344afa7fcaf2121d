"""The settings: one dict, `STRIPE_INTEGRATIONS`, read at call time, and the swappable models.

Nothing is kept from one call to the next, so `override_settings` works in a test and a default
argument can never freeze a key at import.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import router
from django.utils.crypto import salted_hmac

from stripe_integrations.hidden import HiddenText

DEFAULTS: dict[str, Any] = {
    "API_KEY": None,
    "API_VERSION": None,
    "API_BASE": None,
    "LIVEMODE": None,
    "WEBHOOK_SECRET": None,
    "WEBHOOK_TOLERANCE": 300,
    "MAX_BODY": 1024 * 1024,
    "QUEUE": None,
    "SYNC_POLICY": {"*": "auto"},
    "CLOCK_GUARD": 2,
    "GIVE_UP_AFTER": 24 * 3600,
    "USER_METADATA_KEY": "user_id",
    "LINK_USERS_BY_EMAIL": False,
    "RECORD_TRIGGERS": "all",
    "REFUSED_PER_MINUTE": 60,
    "TRUSTED_PROXIES": [],
}

#: Characters of the longest id that is a key here; every index of MariaDB holds as many.
MAX_ID = 255

#: Which requests are kept as a row: each, those that were refused, or none.
RECORDED = ("all", "refused", "none")

#: What `SYNC_POLICY` may say of a kind of object: read the API when in doubt, always, or never.
POLICIES = ("auto", "fetch", "payload")

SWAPPABLE = (
    "BankAccount",
    "Card",
    "Coupon",
    "Customer",
    "Event",
    "Price",
    "Product",
    "Source",
    "Subscription",
)


def user_settings() -> dict[str, Any]:
    """Return the project's own dict, as it stands."""
    given: dict[str, Any] = getattr(settings, "STRIPE_INTEGRATIONS", {})
    return given


def get(key: str) -> Any:
    """Return one setting: the project's value, else the default."""
    return user_settings().get(key, DEFAULTS[key])


def webhook_secrets() -> list[str]:
    """Return the configured webhook secrets that can sign anything: blank ones are left out."""
    given = get("WEBHOOK_SECRET")
    secrets = [given] if isinstance(given, str) else list(given or [])
    return [
        HiddenText(secret.strip())
        for secret in secrets
        if isinstance(secret, str) and secret.strip()
    ]


def api_key(given: str | None = None) -> str | None:
    """Return the API key, by default that of the settings, or None.

    One with blanks or control characters inside is none: the SDK would show it in its error.
    """
    key = HiddenText(str(given or get("API_KEY") or "").strip())
    return key if key and key.isascii() and key.isprintable() and " " not in key else None


def api_key_fingerprint() -> str:
    """Return a short text that is the same for the same API key, and says nothing of it."""
    key = api_key() or ""
    return salted_hmac("stripe_integrations.key", key, algorithm="sha256").hexdigest()[:16]


def sync_policy(object_name: str) -> str:
    """Return the policy for objects of a kind: its own, else that of `*`."""
    policies = get("SYNC_POLICY")
    policy: str = policies.get(object_name, policies.get("*", "auto"))
    return policy


def livemode() -> bool | None:
    """Return the mode of this database, True for live: `LIVEMODE`, else what the key says."""
    explicit = get("LIVEMODE")
    if explicit is not None:
        return bool(explicit)
    _kind, _, rest = (api_key() or "").partition("_")
    return {"live": True, "test": False}.get(rest.partition("_")[0])


def model_setting(name: str) -> str:
    """Return the name of the top-level setting that swaps a model: Price -> STRIPE_PRICE_MODEL."""
    words = "".join(f"_{letter}" if letter.isupper() else letter for letter in name)
    return f"STRIPE{words.upper()}_MODEL"


def swappable(name: str) -> str:
    """Return the value for `Meta.swappable`, and let an absent setting mean our own model.

    Without a value in the settings, Django finds no swappable setting for a plain ForeignKey to
    our model and `makemigrations` of the user's app fails.
    """
    setting = model_setting(name)
    if not hasattr(settings, setting):
        setattr(settings, setting, f"stripe_integrations.{name}")
    return setting


def model(name: str) -> Any:
    """Return the class in use for one of our models: the swapped-in one, or our own.

    Raises LookupError when the setting names no installed model.
    """
    return apps.get_model(model_label(name), require_ready=False)


def model_label(name: str) -> str:
    """Return `app_label.ModelName` of the class in use for one of our models."""
    label: str = getattr(settings, model_setting(name), f"stripe_integrations.{name}")
    return label


def database() -> str:
    """Return the alias that every read and write of ours uses, so that no replica is asked."""
    return router.db_for_write(model("Event"))
