"""The system check of the keys that the project chooses."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.checks import CheckMessage, Warning  # noqa: A004

from stripe_integrations import conf

#: Characters that a key of an event bus should have at least.
SHORTEST_BUS_KEY = 32


def bus_keys() -> Iterator[CheckMessage]:
    """Find keys of an event bus that can be guessed."""
    given = conf.get("EVENT_BUS_KEY")
    keys = [given] if given is None or isinstance(given, str) else list(given)
    if any(len(str(key or "").strip()) < SHORTEST_BUS_KEY for key in keys if key is not None):
        yield Warning(
            f"A key of EVENT_BUS_KEY has less than {SHORTEST_BUS_KEY} characters: it can be "
            "guessed, and whoever has it can send any event.",
            hint="Make one: python -c 'import secrets; print(secrets.token_urlsafe(32))'.",
            id="stripe_integrations.W016",
        )
