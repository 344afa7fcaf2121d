"""System checks of the settings that name kinds of object."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Warning  # noqa: A004

from stripe_integrations import conf, event_types, kinds
from stripe_integrations.choices import SyncPolicy

#: Begins the hints about settings whose keys are kinds.
KEYS_ARE_KINDS = "Its keys are '*' and values of `object`, as 'invoice' or 'checkout.session';"


def invalid_policies() -> Iterator[CheckMessage]:
    """Find entries of `SYNC_POLICY` that cannot work."""
    for name, policy in conf.get("SYNC_POLICY").items():
        if not _is_kind(name) or policy not in SyncPolicy.values:
            yield Error(
                f"SYNC_POLICY has an invalid entry, {name!r}: {policy!r}.",
                hint=f"{KEYS_ARE_KINDS} its values are {', '.join(SyncPolicy.values)}.",
                id="stripe_integrations.E006",
            )
        yield from _unlisted_kind("SYNC_POLICY", name)


def mirror_setting() -> Iterator[CheckMessage]:
    """Find entries of `MIRROR` that cannot work."""
    for name, chosen in conf.get("MIRROR").items():
        if not _is_kind(name) or not isinstance(chosen, bool):
            yield Error(
                f"MIRROR has an invalid entry, {name!r}: {chosen!r}.",
                hint=f"{KEYS_ARE_KINDS} its values are True and False.",
                id="stripe_integrations.E021",
            )
        yield from _unlisted_kind("MIRROR", name)


def personal_data() -> Iterator[CheckMessage]:
    """Find kinds in `KEEP_PERSONAL_DATA` of which nothing is left out."""
    every = (*kinds.MIRRORED.values(), *kinds.GENERIC.values())
    known = [kind.object for kind in every if kind.personal]
    for name in conf.get("KEEP_PERSONAL_DATA"):
        if name not in known:
            yield Error(
                f"KEEP_PERSONAL_DATA names {name!r}, of which no personal data are left out.",
                hint=f"Its entries are {' and '.join(map(repr, known))}.",
                id="stripe_integrations.E022",
            )


def _is_kind(name: Any) -> bool:
    return isinstance(name, str) and (name == "*" or kinds.of(name) is not None)


def _unlisted_kind(key: str, name: Any) -> Iterator[CheckMessage]:
    listed = ["*", *kinds.MIRRORED, *kinds.GENERIC, *event_types.all_object_names()]
    if _is_kind(name) and name not in listed:
        nearest = difflib.get_close_matches(name, listed, n=1)
        yield Warning(
            f"{key} names {name!r}, a kind of Stripe object that this version does not know.",
            hint=f"Did you mean {nearest[0]!r}?" if nearest else "Check the name.",
            id="stripe_integrations.W015",
        )
