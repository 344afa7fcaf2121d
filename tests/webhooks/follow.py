"""The life of an object, event by event."""

from stripe_integrations import conf
from stripe_integrations.actions import MIRRORED
from stripe_integrations.testing import objects


def rows(name):
    return conf.model(name).objects


def follow(poster, prefix, data, before, after):
    """Post created, updated and deleted, and look at the row after each."""
    model = rows(MIRRORED[data["object"]].kind.model)
    for verb, values, deleted in (
        ("created", before, False),
        ("updated", after, False),
        ("deleted", after, True),
    ):
        seconds = 60 * ["created", "updated", "deleted"].index(verb)
        shown = {**data, **values}
        message = objects.event(f"{prefix}.{verb}", shown, created=objects.NOW + seconds)
        assert poster.event(message) == 200
        row = model.get(pk=data["id"])
        assert {name: getattr(row, name) for name in values} == values
        assert (row.is_deleted, row.stripe_data) == (deleted, shown)
