"""The settings: one dict, `STRIPE_INTEGRATIONS`, read at call time, and the swappable models.

No value is kept from one call to the next, so that `override_settings` works in a test, and a
default argument can never freeze a key at import. Which models are in use is settled when they are
loaded.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, router
from django.utils.crypto import salted_hmac

from stripe_integrations.choices import RecordTriggers, SyncPolicy
from stripe_integrations.kinds import GENERIC_MODEL, MIRRORED, Kind
from stripe_integrations.masking import HiddenText

DEFAULTS: dict[str, Any] = {
    "API_KEY": None,
    "API_VERSION": None,
    "API_BASE": None,
    "LIVEMODE": None,
    "WEBHOOK_SECRET": None,
    "WEBHOOK_TOLERANCE": 300,
    "MAX_BODY": 1024 * 1024,
    "EVENT_BUS_KEY": None,
    "QUEUE": None,
    "MIRROR": {"*": True},
    "SYNC_RATE": None,
    "SYNC_POLICY": {"*": SyncPolicy.AUTO.value},
    "CLOCK_GUARD": 2,
    "GIVE_UP_AFTER": 24 * 3600,
    "USER_METADATA_KEY": "user_id",
    "LINK_USERS_BY_EMAIL": False,
    "KEEP_PERSONAL_DATA": [],
    "TRUSTED_ACCOUNTS": [],
    "RECORD_TRIGGERS": RecordTriggers.ALL.value,
    "REFUSED_PER_MINUTE": 60,
    "REFUSED_PER_DAY": 1000,
    "TRUSTED_PROXIES": [],
    "GET_OWNER": None,
    "RETURN_ORIGINS": None,
}

#: Characters of the longest id that is a key here; every index of MariaDB holds as many.
MAX_ID = 255

#: The top-level setting that names the model of customers' owners; users are the default.
OWNER_SETTING = "STRIPE_OWNER_MODEL"

#: The models that a project may replace by its own.
SWAPPABLE = ("Event", GENERIC_MODEL, *(kind.model for kind in MIRRORED.values()))


def user_settings() -> dict[str, Any]:
    """Return the project's own dict, as it stands."""
    given: dict[str, Any] = getattr(settings, "STRIPE_INTEGRATIONS", {})
    return given


def get(key: str) -> Any:
    """Return one setting: the project's value, else the default."""
    given = getattr(settings, "STRIPE_INTEGRATIONS", None)
    return given[key] if given and key in given else DEFAULTS[key]


def webhook_secrets() -> list[str]:
    """Return the configured webhook secrets that can sign anything: blank ones are left out."""
    return _secrets_of("WEBHOOK_SECRET")


def event_bus_keys() -> list[str]:
    """Return the keys that an event bus may send: blank ones are left out."""
    return _secrets_of("EVENT_BUS_KEY")


def _secrets_of(key: str) -> list[str]:
    given = get(key)
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


def is_trusted(account: str | None) -> bool:
    """Tell whether an account may say which local user its customer is: our own may."""
    return account is None or account in tuple(get("TRUSTED_ACCOUNTS"))


def sync_policy(object_name: str) -> str:
    """Return the policy for objects of a kind: its own, else that of `*`."""
    policies = get("SYNC_POLICY")
    policy: str = policies.get(object_name, policies.get("*", SyncPolicy.AUTO.value))
    return policy


def is_mirrored(object_name: str) -> bool:
    """Tell whether events write objects of a kind: what `MIRROR` says of it, else of `*`."""
    chosen = get("MIRROR")
    return bool(chosen.get(object_name, chosen.get("*", True)))


def withheld(kind: Kind) -> frozenset[str]:
    """Return the attributes that are not stored of objects of a kind."""
    kept = kind.personal and kind.object in tuple(get("KEEP_PERSONAL_DATA"))
    return kind.secrets if kept else kind.secrets | kind.personal


def mirrors_everything() -> bool:
    """Tell whether `MIRROR` leaves no kind out."""
    return all(get("MIRROR").values())


def livemode() -> bool | None:
    """Return the mode of this database, True for live: `LIVEMODE`, else what the key says."""
    explicit = get("LIVEMODE")
    if explicit is not None:
        return bool(explicit)
    _kind, _, rest = (api_key() or "").partition("_")
    return {"live": True, "test": False}.get(rest.partition("_")[0])


@cache
def model_setting(name: str) -> str:
    """Return the name of the top-level setting that swaps a model: Price -> STRIPE_PRICE_MODEL."""
    own = name.removeprefix("Stripe")
    words = "".join(f"_{letter}" if letter.isupper() else letter for letter in own)
    return f"STRIPE{words.upper()}_MODEL"


def base_name(name: str) -> str:
    """Return the name of the abstract base of one of our models: Price -> StripeBasePrice."""
    return f"StripeBase{name.removeprefix('Stripe')}"


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
    return _installed_model(model_label(name))


@cache
def _installed_model(label: str) -> Any:
    return apps.get_model(label, require_ready=False)


def model_label(name: str) -> str:
    """Return `app_label.ModelName` of the class in use for one of our models."""
    label: str = getattr(settings, model_setting(name), f"stripe_integrations.{name}")
    return label


def owner_label() -> str:
    """Return `app_label.ModelName` of the model that customers belong to: users, if unset."""
    label: str = getattr(settings, OWNER_SETTING, settings.AUTH_USER_MODEL)
    return label


def owner_default() -> str:
    """Return `owner_label`, and let an absent setting mean users, since migrations read it."""
    setattr(settings, OWNER_SETTING, owner_label())
    return owner_label()


def owner_model() -> Any:
    """Return the model that customers belong to.

    Raises LookupError or ValueError when the setting names no installed model.
    """
    return apps.get_model(owner_label(), require_ready=False)


def owners_are_users() -> bool:
    """Tell whether customers belong to users, and not to a model of the project's choice."""
    return owner_label().lower() == settings.AUTH_USER_MODEL.lower()


def database() -> str:
    """Return the alias that every read and write of ours uses, so that no replica is asked."""
    return router.db_for_write(model("Event"))


def is_other_mode(mode: bool | None) -> bool:
    """Tell whether something of a mode, True for live, is of the one this database is not for."""
    ours = livemode()
    return not (ours is None or mode is None or mode is ours)


def class_databases() -> list[str]:
    """Return the aliases on which a webhook class has a transaction: `database()`, and `default`.

    `default` is what Django's `atomic` and `on_commit` mean if nothing else is said.
    """
    has_default = connections[DEFAULT_DB_ALIAS].vendor != "unknown"  # a project may leave it empty
    return list(dict.fromkeys([database(), *([DEFAULT_DB_ALIAS] if has_default else [])]))
