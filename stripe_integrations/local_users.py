"""The local owners of customers that people pass: what counts as one, and as nobody.

An owner is a user, or an instance of the model that `STRIPE_OWNER_MODEL` names. The names here say
"user", as the column of the customer does.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist

from stripe_integrations import conf

#: Where an owner that is no user has its e-mail address; the first that is there counts.
EMAIL_NAMES = ("stripe_email", "email")


def is_user(given: Any) -> bool:
    """Tell whether an owner was given, or `request.user` of somebody not logged in."""
    return isinstance(given, conf.owner_model()) or getattr(given, "is_anonymous", False) is True


def is_nobody(user: Any) -> bool:
    """Tell whether `request.user` is nobody: not logged in, or None, as DRF can be told.

    Raises TypeError for what is no owner.
    """
    if user is not None and not is_user(user):
        raise TypeError(f"Pass {expected()}, AnonymousUser or None, not {described(user)}.")
    return user is None or user.pk is None


def saved(user: Any) -> Any:
    """Return an owner that has a row.

    Raises TypeError for what is no owner, and ValueError for nobody.
    """
    if user is None or not is_user(user):
        raise TypeError(f"Pass {expected()}, not {described(user)}.")
    if user.pk is None:
        raise ValueError(f"Pass {expected()} that is saved, not {described(user)}.")
    return user


def email_of(user: Any) -> str | None:
    """Return the e-mail address of an owner, None without one."""
    names = (email_field(),) if conf.owners_are_users() else EMAIL_NAMES
    for name in names:
        if name is not None and hasattr(user, name):
            return getattr(user, name) or None
    return None


def email_field() -> str | None:
    """Return the name of the column of owners' e-mail addresses, None if they have none."""
    model = conf.owner_model()
    if conf.owners_are_users():
        name: str = model.get_email_field_name()
        return name
    return next((name for name in EMAIL_NAMES if _has_column(model, name)), None)


def noun() -> str:
    """Return the word for an owner in messages."""
    return "user" if conf.owners_are_users() else "owner"


def expected() -> str:
    """Return what an owner is called in messages."""
    label = conf.owner_model()._meta.label
    if conf.owners_are_users():
        return f"a user, which is a {label}"
    return f"an owner, an instance of {label}"


def described(given: Any) -> str:
    """Return what something is called in messages, without its value."""
    return f"an object of type {type(given).__name__}"


def _has_column(model: Any, name: str) -> bool:
    try:
        return bool(model._meta.get_field(name).concrete)
    except FieldDoesNotExist:
        return False
