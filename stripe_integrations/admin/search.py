"""Searches of indexed columns: by a Stripe id, a name, an e-mail address, or a customer's owner."""

from __future__ import annotations

import string
import uuid
from typing import Any

from django.db import connections, models
from django.db.models import Q

from stripe_integrations import conf, local_users, storable
from stripe_integrations.models import StripeIdField, StripeLink, WebhookEventTrigger

#: Owners, customers or events that a search takes into account.
MAX_FOUND = 100
#: The columns by which an owner that is no user is found, beside that of its e-mail address.
OWNER_NAMES = frozenset(["name", "slug"])
#: No text has a later one.
LAST_CHARACTER = chr(0x10FFFF)


def matching_rows(queryset: Any, term: str) -> Any:
    """Return the rows with this id, and those of the customer, owner or event that it names."""
    if not storable.is_usable_id(term):
        return queryset.none()
    model = queryset.model
    matching = Q(pk__in=[])
    for field in model._meta.concrete_fields:
        if isinstance(field, (StripeIdField, StripeLink)) and _has_index(field):
            matching |= Q(**{field.attname: term})
        if isinstance(field, models.UUIDField) and _is_uuid(term):
            matching |= Q(**{field.attname: term})
    if model is conf.model("Product"):
        matching |= Q(pk__in=_products(term))
    if model is conf.model("Price"):
        matching |= Q(product_id__in=_products(term))
    if model is conf.model("Customer"):
        matching |= Q(pk__in=_customers(term))
    elif any(field.name == "customer" for field in model._meta.concrete_fields):
        matching |= Q(customer_id__in=_customers(term))
    elif model is WebhookEventTrigger:
        matching |= Q(event_id__in=_keys(matching_rows(_rows("Event"), term)))
    return queryset.filter(matching)


def _customers(term: str) -> list[Any]:
    named = beginning("email", term) | beginning("name", term) | Q(user__in=_owners(term))
    return _keys(_rows("Customer").filter(named))


def _products(term: str) -> list[Any]:
    return _keys(_rows("Product").filter(beginning("name", term)))


def beginning(column: str, term: str) -> Q:
    """Return the condition that a text begins as a term, which an index of the column answers.

    "ada l" also finds "Ada Lovelace", and "ADA L" what is in small letters.
    """
    vendor = connections[conf.database()].vendor
    if vendor == "mysql":
        return Q(**{f"{column}__istartswith": term})  # startswith is BINARY, which has no index
    found = Q(pk__in=[])
    for each in {term, term.lower(), term.upper(), term.capitalize(), string.capwords(term)}:
        if vendor == "postgresql":
            found |= Q(**{f"{column}__startswith": each})
        else:  # SQLite has no index for LIKE
            found |= Q(**{f"{column}__gte": each, f"{column}__lt": f"{each}{LAST_CHARACTER}"})
    return found


def _owners(term: str) -> list[Any]:
    model = conf.owner_model()
    own = {model.USERNAME_FIELD} if conf.owners_are_users() else OWNER_NAMES
    names = {*own, local_users.email_field()}
    known = {field.name for field in model._meta.concrete_fields}
    matching = Q(pk__in=[])
    for name in names & known:
        matching |= Q(**{name: term})
    return _keys(model._base_manager.using(conf.database()).filter(matching))


def _rows(name: str) -> Any:
    return conf.model(name).objects.using(conf.database())


def _keys(rows: Any) -> list[Any]:
    return list(rows.values_list("pk", flat=True)[:MAX_FOUND])


def _has_index(field: Any) -> bool:
    return bool(field.primary_key or field.db_index or field.unique)


def _is_uuid(term: str) -> bool:
    try:
        uuid.UUID(term)
    except ValueError:
        return False
    return True
