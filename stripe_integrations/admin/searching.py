"""Searches that an index answers: by a Stripe id, an e-mail address, or a user."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q

from stripe_integrations import conf, mapping
from stripe_integrations.models import StripeIdField, StripeLink, WebhookEventTrigger

#: Users, customers, or events that one search goes by.
MAX_FOUND = 100


def find(queryset: Any, term: str) -> Any:
    """Return the rows that are, or belong to, what a term names."""
    if not mapping.is_usable_id(term):
        return queryset.none()
    model = queryset.model
    matching = Q(pk__in=[])
    for field in model._meta.concrete_fields:
        if isinstance(field, (StripeIdField, StripeLink)) and _has_index(field):
            matching |= Q(**{field.attname: term})
        if isinstance(field, models.UUIDField) and _is_uuid(term):
            matching |= Q(**{field.attname: term})
    if model is conf.model("Customer"):
        matching |= Q(pk__in=_customers(term))
    elif any(field.name == "customer" for field in model._meta.concrete_fields):
        matching |= Q(customer_id__in=_customers(term))
    elif model is WebhookEventTrigger:
        matching |= Q(event_id__in=_keys(find(_rows("Event"), term)))
    return queryset.filter(matching)


def _customers(term: str) -> list[Any]:
    named = Q(email__in={term, term.lower()}) | Q(user__in=_users(term))
    return _keys(_rows("Customer").filter(named))


def _users(term: str) -> list[Any]:
    model = get_user_model()
    names = {model.USERNAME_FIELD, model.get_email_field_name()}
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
