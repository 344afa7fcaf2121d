"""The rows of what comes in a list of another object, compared with Stripe's list."""

from __future__ import annotations

from typing import Any

from stripe_integrations import conf, kinds
from stripe_integrations.kinds import Kind


def differences(kind: Kind, id: str, account: str | None, data: Any) -> list[str]:
    """Return what the rows of an object's parts say otherwise than the object; None is gone."""
    found = []
    for nested in kind.nested_lists:
        model = conf.model(kinds.MIRRORED[nested.kind].model)
        of_it = model.objects.filter(**{nested.link: id}, account=account, deleted_at=None)
        ours = dict(of_it.values_list("pk", "stripe_data"))
        listed = data[nested.attribute]["data"] if data and nested.attribute in data else []
        theirs = {each["id"]: each for each in listed}
        if ours != theirs:
            found.append(f"{account} {id}: {nested.attribute} {ours} are not {theirs}")
        found += [f"{account} {pk} is in doubt" for pk in of_it.filter(in_doubt=True)]
    return found
