"""System checks of the settings."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import stripe
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004
from django.core.exceptions import ImproperlyConfigured

from stripe_integrations import conf
from stripe_integrations.checks import chosen_kinds, key_lengths
from stripe_integrations.checks.api_base import api_base
from stripe_integrations.choices import RecordTriggers
from stripe_integrations.remote_address import UNIX, network

#: The type of each setting.
TYPES: dict[str, tuple[type, ...]] = {
    "API_KEY": (str, type(None)),
    "EVENT_BUS_KEY": (str, list, tuple, type(None)),
    "KEEP_PERSONAL_DATA": (list, tuple),
    "LIVEMODE": (bool, type(None)),
    "MIRROR": (dict,),
    "SYNC_POLICY": (dict,),
    "TRUSTED_ACCOUNTS": (list, tuple),
    "WEBHOOK_SECRET": (str, list, tuple, type(None)),
}
NUMBERS = (
    "CLOCK_GUARD",
    "GIVE_UP_AFTER",
    "MAX_BODY",
    "REFUSED_PER_DAY",
    "REFUSED_PER_MINUTE",
    "WEBHOOK_TOLERANCE",
)
#: The queue whose broker needs a client library.
CELERY = "stripe_integrations.queues.celery"
#: Celery's extra for it, also where its URL begins otherwise.
REDIS = "redis"
#: The prefixes of API keys.
API_KEYS = ("sk_", "rk_", "pk_")
#: The first version of the SDK that refuses an empty or blank webhook secret.
SAFE_SDK = (16, 1)


@register(Tags.security)
def check_settings(**_kwargs: Any) -> list[CheckMessage]:
    """Find settings that cannot work."""
    wrong = [*_unknown_keys(), *_types()]
    if any(message.is_serious() for message in wrong):
        return wrong
    return [
        *wrong,
        *_secrets(),
        *key_lengths.bus_keys(),
        *_key(),
        *api_base(),
        *_sizes(),
        *_mode(),
        *chosen_kinds.mirror_setting(),
        *chosen_kinds.invalid_policies(),
        *chosen_kinds.personal_data(),
        *_queue(),
        *_recording(),
        *_sdk(),
    ]


def _unknown_keys() -> Iterator[CheckMessage]:
    for key in conf.user_settings():
        if key not in conf.DEFAULTS:
            nearest = difflib.get_close_matches(key, conf.DEFAULTS, n=1)
            yield Warning(
                f"STRIPE_INTEGRATIONS has no setting {key!r}.",
                hint=f"Did you mean {nearest[0]!r}?" if nearest else "Remove it.",
                id="stripe_integrations.W001",
            )


def _types() -> Iterator[CheckMessage]:
    for key, types in TYPES.items():
        if not isinstance(conf.get(key), types):
            names = " or ".join("None" if each is type(None) else each.__name__ for each in types)
            # The value may be a secret, so the message does not show it.
            yield Error(
                f"{key} is a {type(conf.get(key)).__name__}, and has to be {names}.",
                hint="What comes from the environment is text: convert it in the settings.",
                id="stripe_integrations.E018",
            )
    for key in NUMBERS:
        value = conf.get(key)
        if not isinstance(value, int) or value < 0:
            yield Error(
                f"{key} cannot be {value!r}: it is a number, 0 or more.",
                hint=f"What comes from the environment is text: int(os.environ[…]). The default is "
                f"{conf.DEFAULTS[key]}.",
                id="stripe_integrations.E016",
            )


def _secrets() -> Iterator[CheckMessage]:
    given = conf.get("WEBHOOK_SECRET")
    secrets = [given] if given is None or isinstance(given, str) else list(given)
    if not secrets or secrets == [None]:
        yield Warning(
            "No webhook secret is configured, so the plain route answers 400 to every event.",
            hint="Set STRIPE_INTEGRATIONS['WEBHOOK_SECRET'] to the endpoint's secret, whsec_…. If "
            "all events come to endpoints made by stripe_endpoint, silence this check.",
            id="stripe_integrations.W002",
        )
    elif not all(isinstance(secret, str) and secret.strip() for secret in secrets):
        yield Error(
            "A webhook secret is empty: anyone could sign events with it.",
            hint="Remove it from STRIPE_INTEGRATIONS['WEBHOOK_SECRET'], or set its variable.",
            id="stripe_integrations.E001",
        )
    elif any(str(secret).strip().startswith(API_KEYS) for secret in secrets):
        yield Error(
            "WEBHOOK_SECRET holds an API key, which signs no event.",
            hint="Set it to the endpoint's signing secret, whsec_…: see its page in the dashboard.",
            id="stripe_integrations.E008",
        )


def _key() -> Iterator[CheckMessage]:
    key = conf.api_key()
    if key is None:
        yield Warning(
            "No API key is configured: events too close in time to order stay in doubt, and no "
            "command or action can call Stripe.",
            hint="Set STRIPE_INTEGRATIONS['API_KEY'] to a secret or restricted key.",
            id="stripe_integrations.W007",
        )
    elif key.startswith("pk_"):
        yield Error(
            "API_KEY is a publishable key, which cannot read anything.",
            hint="Set it to a secret or restricted key, sk_… or rk_….",
            id="stripe_integrations.E019",
        )
    elif settings.DEBUG and key.partition("_")[2].startswith("live"):
        yield Warning(
            "A live API key is used with DEBUG: tests of yours would affect real customers.",
            hint="Use a test key, sk_test_…, or turn DEBUG off.",
            id="stripe_integrations.W008",
        )


def _sizes() -> Iterator[CheckMessage]:
    allowed = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if allowed is not None and conf.get("MAX_BODY") > allowed:
        yield Error(
            "MAX_BODY is more than Django's DATA_UPLOAD_MAX_MEMORY_SIZE.",
            hint="Raise DATA_UPLOAD_MAX_MEMORY_SIZE, or lower STRIPE_INTEGRATIONS['MAX_BODY'].",
            id="stripe_integrations.E002",
        )
    if conf.get("WEBHOOK_TOLERANCE") <= 0:
        yield Error(
            "WEBHOOK_TOLERANCE must be more than 0 seconds, else every request is too old.",
            hint="Remove it; the default is 300.",
            id="stripe_integrations.E003",
        )


def _mode() -> Iterator[CheckMessage]:
    if conf.livemode() is None:
        yield Warning(
            "Neither the API key nor LIVEMODE says whether this database is for live or test "
            "mode, so events of both are processed.",
            hint="Set STRIPE_INTEGRATIONS['API_KEY'], or 'LIVEMODE' to True or False.",
            id="stripe_integrations.W003",
        )


def _queue() -> Iterator[CheckMessage]:
    path = conf.get("QUEUE")
    if path is None:
        return
    try:
        queue = import_module(path)
        usable = callable(queue.enqueue)
    except (ImportError, AttributeError, TypeError, ImproperlyConfigured):
        usable = False
    if not usable:
        yield Error(
            f"QUEUE is {path!r}, which cannot be imported or has no function enqueue(event_id).",
            hint="Set it to 'stripe_integrations.queues.celery' or "
            "'stripe_integrations.queues.django_tasks', install that extra, or leave it None.",
            id="stripe_integrations.E007",
        )
    elif path == CELERY:
        yield from _broker(queue)


def _broker(queue: Any) -> Iterator[CheckMessage]:
    """Import the client of the Celery broker, without which no event can be enqueued."""
    try:
        queue.import_broker_client()
    except ImportError as error:
        name = queue.broker()
        extra = REDIS if name in ("rediss", "sentinel") else name
        yield Error(
            f"The broker of the Celery app, {name}, has no client that can be imported: {error}.",
            hint=f'Install it: pip install "celery[{extra}]"; or look at the broker_url of the '
            "Celery app.",
            id="stripe_integrations.E020",
        )


def _recording() -> Iterator[CheckMessage]:
    if conf.get("RECORD_TRIGGERS") not in RecordTriggers.values:
        yield Error(
            f"RECORD_TRIGGERS cannot be {conf.get('RECORD_TRIGGERS')!r}.",
            hint=f"Its values are {', '.join(RecordTriggers.values)}.",
            id="stripe_integrations.E009",
        )
    proxies = conf.get("TRUSTED_PROXIES")
    is_list = isinstance(proxies, (list, tuple))
    wrong = [each for each in proxies if each != UNIX and not network(each)] if is_list else proxies
    if wrong or not is_list:
        yield Error(
            f"TRUSTED_PROXIES cannot hold {wrong!r}, which is no address and no network.",
            hint="Write a list such as ['10.0.0.1', '172.16.0.0/12']; 'unix' is a Unix socket.",
            id="stripe_integrations.E010",
        )


def _sdk() -> Iterator[CheckMessage]:
    installed = tuple(int(number) for number in stripe.VERSION.split(".")[:2])
    if installed < SAFE_SDK:
        yield Warning(
            f"stripe {stripe.VERSION} verifies signatures made with an empty or blank secret. This "
            "package does not, but code of your own that calls stripe.Webhook would.",
            hint="Install stripe 16.1 or later.",
            id="stripe_integrations.W009",
        )
