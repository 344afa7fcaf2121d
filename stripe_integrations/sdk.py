"""What the installed `stripe` package knows of the kinds of object."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ForwardRef, Union, get_args, get_origin

import stripe

from stripe_integrations.kinds import GENERIC_MODEL, Kind


def attributes(kind: Kind) -> frozenset[str]:
    """Return the names of the attributes that objects of a kind have; empty if it has no class."""
    return frozenset(_annotations(kind.object, kind.model))


def references(kind: Kind) -> frozenset[str]:
    """Return the names of the attributes of a kind that are ids, or what the ids stand for.

    Follows https://docs.stripe.com/api/expanding_objects.
    """
    return _references(kind.object, kind.model)


@lru_cache(maxsize=512)
def _references(object_name: str, model: str) -> frozenset[str]:
    annotations = _annotations(object_name, model).items()
    return frozenset(name for name, each in annotations if _is_reference(each))


def _annotations(object_name: str, model: str) -> dict[str, Any]:
    *namespace, name = object_name.split(".")
    holder: Any = stripe
    for part in namespace:
        holder = getattr(holder, part, None)
    is_named = not namespace and model != GENERIC_MODEL
    own = model if is_named else "".join(map(str.capitalize, name.split("_")))
    found: dict[str, Any] = getattr(getattr(holder, own, None), "__annotations__", {})
    return found


def _is_reference(annotation: Any) -> bool:
    """Tell whether an attribute is a string or an object, or a list of such."""
    return any(
        get_origin(each) is Union
        and str in get_args(each)
        and any(isinstance(other, ForwardRef) for other in get_args(each))
        for each in (annotation, *get_args(annotation))
    )
