"""What the fake Stripe shows of an object only if it is asked to expand it.

Follows https://docs.stripe.com/api/expanding_objects and the changelog of 2025-03-31.basil.
"""

from __future__ import annotations

from typing import Any

from stripe_integrations.testing.fake_stripe.port import Refused

Data = dict[str, Any]

#: Object -> its attributes that are not shown unless expanded, and since which API version.
EXPANDABLE = {"invoice": {"payments": "2025-03-31"}}
SINCE = {name: since for each in EXPANDABLE.values() for name, since in each.items()}


def taken_from(params: Data, version: str | None) -> list[str]:
    """Take `expand` out of the parameters of a request.

    Raises Refused for what an API version does not have.
    """
    expand: list[str] = params.pop("expand", [])
    for each in expand:
        since = SINCE.get(each.removeprefix("data."))
        if since is None or (version or "") < since:
            raise Refused(400, f"This property cannot be expanded ({each}).")
    return expand


def without_expandable(answer: Data, expand: list[str] | None = None) -> Data:
    """Return an answer, or an event's object, without what was not to be expanded."""
    if answer.get("object") == "list":
        below = [each.removeprefix("data.") for each in expand or [] if each.startswith("data.")]
        return {**answer, "data": [without_expandable(each, below) for each in answer["data"]]}
    hidden = EXPANDABLE.get(str(answer.get("object")), {}).keys() - set(expand or [])
    return {name: value for name, value in answer.items() if name not in hidden}
