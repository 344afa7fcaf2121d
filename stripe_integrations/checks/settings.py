"""The settings dict, held against what can work."""

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
from stripe_integrations.actions import MIRRORED
from stripe_integrations.remote_address import UNIX, network

#: What a setting has to be.
TYPES: dict[str, tuple[type, ...]] = {
    "API_KEY": (str, type(None)),
    "LIVEMODE": (bool, type(None)),
    "SYNC_POLICY": (dict,),
    "WEBHOOK_SECRET": (str, list, tuple, type(None)),
}
NUMBERS = (
    "CLOCK_GUARD",
    "GIVE_UP_AFTER",
    "MAX_BODY",
    "REFUSED_PER_MINUTE",
    "WEBHOOK_TOLERANCE",
)
#: How the API's keys begin.
API_KEYS = ("sk_", "rk_", "pk_")
#: The first version of the SDK that refuses an empty or blank webhook secret.
SAFE_SDK = (16, 1)


@register(Tags.security)
def check_settings(**_kwargs: Any) -> list[CheckMessage]:
    """Hold the settings dict against what can work."""
    wrong = [*_unknown_keys(), *_types()]
    if any(message.is_serious() for message in wrong):
        return wrong
    return [
        *wrong,
        *_secrets(),
        *_key(),
        *_sizes(),
        *_mode(),
        *_sync_policy(),
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
            # A secret may be what is wrong: its value is not told.
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
            "No API key is configured: what the events of one moment leave open stays in doubt, "
            "and no command or action can ask Stripe.",
            hint="Set STRIPE_INTEGRATIONS['API_KEY'] to a secret or restricted key.",
            id="stripe_integrations.W007",
        )
    elif key.startswith("pk_"):
        yield Error(
            "API_KEY is a publishable key, with which nothing can be read.",
            hint="Set it to a secret or restricted key, sk_… or rk_….",
            id="stripe_integrations.E019",
        )
    elif settings.DEBUG and key.partition("_")[2].startswith("live"):
        yield Warning(
            "A live API key is used with DEBUG: what is tried out here is done to real customers.",
            hint="Use a test key, sk_test_…, or turn DEBUG off.",
            id="stripe_integrations.W008",
        )


def _sizes() -> Iterator[CheckMessage]:
    allowed = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if allowed is not None and conf.get("MAX_BODY") > allowed:
        yield Error(
            "MAX_BODY is more than Django's DATA_UPLOAD_MAX_MEMORY_SIZE lets in.",
            hint="Raise DATA_UPLOAD_MAX_MEMORY_SIZE, or lower STRIPE_INTEGRATIONS['MAX_BODY'].",
            id="stripe_integrations.E002",
        )
    if conf.get("WEBHOOK_TOLERANCE") <= 0:
        yield Error(
            "WEBHOOK_TOLERANCE must be more than 0 seconds: no request arrives before it is sent.",
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


def _sync_policy() -> Iterator[CheckMessage]:
    known = {"*", *MIRRORED}
    for name, policy in conf.get("SYNC_POLICY").items():
        if name not in known or policy not in conf.POLICIES:
            yield Error(
                f"SYNC_POLICY cannot say {name!r}: {policy!r}.",
                hint=f"Its keys are {', '.join(sorted(known))}; "
                f"its values are {', '.join(conf.POLICIES)}.",
                id="stripe_integrations.E006",
            )


def _queue() -> Iterator[CheckMessage]:
    path = conf.get("QUEUE")
    if path is None:
        return
    try:
        usable = callable(import_module(path).enqueue)
    except (ImportError, AttributeError, TypeError, ImproperlyConfigured):
        usable = False
    if not usable:
        yield Error(
            f"QUEUE is {path!r}, which cannot be imported or has no function enqueue(event_id).",
            hint="Set it to 'stripe_integrations.queues.celery' or "
            "'stripe_integrations.queues.django_tasks', install that extra, or leave it None.",
            id="stripe_integrations.E007",
        )


def _recording() -> Iterator[CheckMessage]:
    if conf.get("RECORD_TRIGGERS") not in conf.RECORDED:
        yield Error(
            f"RECORD_TRIGGERS cannot be {conf.get('RECORD_TRIGGERS')!r}.",
            hint=f"Its values are {', '.join(conf.RECORDED)}.",
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
