"""What goes wrong in practice, said at start-up."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from stripe_integrations import conf, event_types, mapping, registry
from stripe_integrations.actions import MIRRORED


@register(Tags.security)
def check_settings(**_kwargs: Any) -> list[CheckMessage]:
    """Hold the settings dict against what can work."""
    return [*_unknown_keys(), *_secrets(), *_sizes(), *_mode(), *_sync_policy(), *_queue()]


@register(Tags.models)
def check_models(**_kwargs: Any) -> list[CheckMessage]:
    """Hold swapped-in models against what the mapping needs."""
    swapped = [
        name for name in conf.SWAPPABLE if conf.model_label(name) != f"stripe_integrations.{name}"
    ]
    return [message for name in swapped for message in _swapped(name)]


@register(Tags.compatibility)
def check_webhooks(**_kwargs: Any) -> list[CheckMessage]:
    """Find webhook classes that never run, or run more often than meant."""
    return [*_event_names(), *_siblings()]


def _unknown_keys() -> Iterator[CheckMessage]:
    for key in conf.user_settings():
        if key not in conf.DEFAULTS:
            nearest = difflib.get_close_matches(key, conf.DEFAULTS, n=1)
            yield Warning(
                f"STRIPE_INTEGRATIONS has no setting {key!r}.",
                hint=f"Did you mean {nearest[0]!r}?" if nearest else "Remove it.",
                id="stripe_integrations.W001",
            )


def _secrets() -> Iterator[CheckMessage]:
    given = conf.get("WEBHOOK_SECRET")
    secrets = [given] if given is None or isinstance(given, str) else list(given)
    if not secrets or secrets == [None]:
        yield Warning(
            "No webhook secret is configured, so StripeWebhookViewSet answers 400 to every event.",
            hint="Set STRIPE_INTEGRATIONS['WEBHOOK_SECRET'] to the endpoint's secret, whsec_….",
            id="stripe_integrations.W002",
        )
    elif not all(isinstance(secret, str) and secret.strip() for secret in secrets):
        yield Error(
            "A webhook secret is empty: anyone could sign events with it.",
            hint="Remove it from STRIPE_INTEGRATIONS['WEBHOOK_SECRET'], or set its variable.",
            id="stripe_integrations.E001",
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


def _swapped(name: str) -> Iterator[CheckMessage]:
    try:
        model = conf.model(name)
    except (LookupError, ValueError):
        yield Error(
            f"{conf.model_setting(name)} is {conf.model_label(name)!r}, which is no model.",
            hint=f"Set it to app_label.ModelName of a subclass of StripeBase{name}.",
            id="stripe_integrations.E005",
        )
    else:
        yield from _columns(model)


def _columns(model: Any) -> Iterator[CheckMessage]:
    filled = mapping.mapped_fields(model)
    for field in filled:
        if not field.null and not field.has_default() and not field.empty_strings_allowed:
            yield Error(
                f"{model._meta.label}.{field.name} is filled by Stripe, which may send null.",
                hint="Give it null=True or a default, or name it in stripe_ignore.",
                obj=field,
                id="stripe_integrations.E004",
            )
    for field in model._meta.concrete_fields:
        if _is_strict_link(field):
            yield Warning(
                f"{model._meta.label}.{field.name} is a plain ForeignKey to a mirror: it is not "
                "filled, since its row may arrive later.",
                hint="Use StripeLink from stripe_integrations.models.",
                obj=field,
                id="stripe_integrations.W004",
            )


def _is_strict_link(field: Any) -> bool:
    mirrors = {conf.model_label(name).lower() for name in conf.SWAPPABLE}
    plain = isinstance(field, models.ForeignKey) and type(field).__name__ != "StripeLink"
    return plain and field.related_model._meta.label_lower in mirrors


def _event_names() -> Iterator[CheckMessage]:
    for webhook in registry.registered():
        for name in registry.names(webhook):
            if not event_types.is_known(name):
                nearest = event_types.nearest(name)
                yield Warning(
                    f"{webhook.__module__}.{webhook.__qualname__} waits for {name!r}, which the "
                    "installed stripe package does not know.",
                    hint=f"Did you mean {nearest!r}?" if nearest else "Look at the name again.",
                    id="stripe_integrations.W005",
                )


def _siblings() -> Iterator[CheckMessage]:
    for parent, heirs in registry.replacements().items():
        direct = [heir for heir in heirs if parent in heir.__bases__]
        for name in registry.names(parent):
            rivals = [heir.__qualname__ for heir in direct if name in registry.names(heir)]
            if len(rivals) > 1:
                yield Warning(
                    f"{' and '.join(rivals)} both replace {parent.__qualname__} for {name!r}: "
                    "both run.",
                    hint="Let one of them be a subclass of the other, or of BaseWebhook.",
                    id="stripe_integrations.W006",
                )
