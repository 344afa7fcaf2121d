"""System checks of the model that customers belong to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from stripe_integrations import conf, local_users


@register(Tags.models)
def check_owners(**_kwargs: Any) -> list[CheckMessage]:
    """Find an owner model that is not there, or lacks what a setting needs."""
    return list(_wrong())


def _wrong() -> Iterator[CheckMessage]:
    try:
        model = conf.owner_model()
    except (LookupError, ValueError):
        yield Error(
            f"{conf.OWNER_SETTING} is {conf.owner_label()!r}, which is not a model.",
            hint="Set it to app_label.ModelName of an installed model, or remove it for users.",
            id="stripe_integrations.E023",
        )
        return
    if conf.get("LINK_USERS_BY_EMAIL") and local_users.email_field() is None:
        yield Error(
            f"LINK_USERS_BY_EMAIL needs an e-mail address, and {model._meta.label} has none.",
            hint=f"Add a column named {' or '.join(local_users.EMAIL_NAMES)}, or remove "
            "LINK_USERS_BY_EMAIL.",
            obj=model,
            id="stripe_integrations.E024",
        )
