from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Subquery
from django.utils.crypto import salted_hmac

from stripe_integrations import client, conf, mapping, transactions
from stripe_integrations.actions.base import StripeAction
from stripe_integrations.actions.snapshots import from_answer

#: The attribute of a checkout session in which a project names its own user.
CHECKOUT_USER = "client_reference_id"


class StripeCustomer(StripeAction):
    """Verbs on customers. Follows https://docs.stripe.com/api/customers."""

    model_name = "Customer"
    object_name = "customer"
    resource = "customers"

    @classmethod
    def create(
        cls,
        user: Any,
        email: str | None = None,
        metadata: dict[str, str] | None = None,
        **params: Any,
    ) -> Any:
        """Return the user's customer; create it at Stripe if there is none.

        Calls at the same moment create one customer: they send the same idempotency key. `email`
        defaults to the user's. Raises stripe.StripeError.
        """
        existing = cls.get(user)
        if existing is not None:
            return existing
        email = email or getattr(user, type(user).get_email_field_name(), None) or None
        params = {
            "metadata": {**(metadata or {}), conf.get("USER_METADATA_KEY"): str(user.pk)},
            **({"email": email} if email else {}),
            **params,
        }
        for _ in range(transactions.ATTEMPTS):
            row = cls._create_once(user, params)
            cls._rows().filter(pk=row.pk).update(user=user)
            row.user = user
            if not row.is_deleted:
                break
        return row

    @classmethod
    def _create_once(cls, user: Any, params: dict[str, Any]) -> Any:
        path = client.resource_path(cls.resource)
        key = cls._idempotency_key(user, params)
        answer = client.request("post", path, params, idempotency_key=key)
        if answer.replayed:  # an answer of up to a day ago: the customer may be deleted by now
            return cls.retrieve(answer.data["id"])
        return cls._write(from_answer(answer.data, answer))

    @classmethod
    def get(cls, user: Any) -> Any:
        """Return, from the mirror, the user's newest customer of our own account, or None."""
        own = cls._rows().for_user(user).not_deleted().filter(account=None)
        return own.order_by("-created", "-pk").first()

    @classmethod
    def link_user(cls, customer: str, user_pk: Any) -> bool:
        """Set the user of a customer that has none, if both exist; tell whether it was set."""
        users = get_user_model()._base_manager.using(conf.database())
        try:
            pk = users.model._meta.pk.to_python(user_pk)
        except ValidationError:
            return False
        if isinstance(pk, int) and mapping.to_integer(pk) is None:
            return False
        user = users.filter(pk=pk)
        unlinked = cls._rows().filter(Exists(user), pk=customer, user=None)
        return bool(unlinked.update(user_id=Subquery(user.values("pk"))))

    @classmethod
    def after_write(cls, row: Any, data: dict[str, Any], *, is_new: bool) -> None:
        """Link the user that the metadata names, or an earlier checkout.

        If the project wants it, the one with the e-mail.
        """
        metadata = data.get("metadata")
        named = isinstance(metadata, dict) and metadata.get(conf.get("USER_METADATA_KEY"))
        if mapping.is_usable_id(named):
            cls.link_user(row.pk, named)
        elif is_new and cls._link_now_or_later(partial(cls._link_by_checkouts, row.pk)):
            return
        elif conf.get("LINK_USERS_BY_EMAIL"):
            cls._link_by_email(row.pk, data.get("email"))

    @classmethod
    def link_by_checkout(cls, session: dict[str, Any]) -> None:
        """Link the user that a checkout names to its customer."""
        cls._link_now_or_later(partial(cls._link_by_checkout, session))

    @classmethod
    def _link_by_checkout(cls, session: dict[str, Any]) -> bool:
        customer, user_pk = mapping.reference(session.get("customer")), session.get(CHECKOUT_USER)
        usable = customer is not None and mapping.is_usable_id(user_pk)
        return usable and cls.link_user(str(customer), user_pk)

    @classmethod
    def _link_now_or_later(cls, link: Callable[[], bool]) -> bool:
        """Link a checkout and its customer; tell whether that was done.

        Each may be in a transaction that does not see the other's: once it is committed, the
        later of the two does.
        """
        if link():
            return True
        transaction.on_commit(link, using=conf.database(), robust=True)
        return False

    @classmethod
    def _link_by_checkouts(cls, customer: str) -> bool:
        """Link by the checkouts that arrived before their customer."""
        events = conf.model("Event").objects.using(conf.database())
        found = events.filter(customer=customer, kind="checkout.session.completed")
        return any(cls._link_by_checkout(event.stripe_object) for event in found)

    @classmethod
    def _link_by_email(cls, customer: str, email: Any) -> None:
        if not isinstance(email, str) or not email.strip():
            return
        users = get_user_model()
        field = users.get_email_field_name()
        managed = users._base_manager.using(conf.database())
        same = managed.filter(**{f"{field}__iexact": mapping.clean_text(email)})
        found = list(same.values_list("pk", flat=True)[:2])
        if len(found) == 1:  # two users with one address are nobody's proof
            cls.link_user(customer, found[0])

    @classmethod
    def _idempotency_key(cls, user: Any, params: dict[str, Any]) -> str:
        # A key is good for a day at Stripe: a customer deleted since must not be answered again.
        gone = cls._rows().for_user(user).exclude(deleted_at=None).order_by("pk")
        content = [str(user.pk), params, list(gone.values_list("pk", flat=True))]
        text = json.dumps(content, sort_keys=True, default=str)
        return salted_hmac("stripe_integrations.customer", text, algorithm="sha256").hexdigest()
