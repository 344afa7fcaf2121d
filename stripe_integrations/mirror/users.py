"""The local users of customers: a column of ours, outside the ordering.

A user is linked by the metadata that `StripeCustomer.create` sets, by a checkout, or, if the
project wants it, by e-mail; only to customers of our own account, and of trusted ones. Where
`STRIPE_OWNER_MODEL` says so, it is an object of another model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, Exists, Q, Subquery, Value, When

from stripe_integrations import conf, kinds, local_users, storable
from stripe_integrations.mirror import changes, mapping, rows, statements

if TYPE_CHECKING:
    from stripe_integrations.models import StripeBaseCustomer

#: The attribute of a checkout session in which a project names its own user; else its metadata do.
CHECKOUT_USER = "client_reference_id"


def link_customer(
    customer: str, data: dict[str, Any], *, account: str | None, is_new: bool
) -> bool:
    """Link the user that a customer's metadata names, or an earlier checkout; tell whether it was.

    If the project wants it, the one with the e-mail.
    """
    if not conf.is_trusted(account):
        return False
    named = _named(data)
    if storable.is_usable_id(named):
        return link_user(customer, named, account=account)
    by_checkouts = partial(link_by_checkouts, customer, account)
    if is_new and _link_now_or_later(by_checkouts):
        return True
    by_email = bool(conf.get("LINK_USERS_BY_EMAIL"))
    return by_email and _link_by_email(customer, data.get("email"), account)


def link_customers(found: Mapping[str, dict[str, Any]], account: str | None) -> None:
    """Link the users that the metadata of customers name, and by e-mail if the project wants it.

    Customers are passed by the keys of their rows. Checkouts are left to `link_by_all_checkouts`.
    """
    if not conf.is_trusted(account):
        return
    named = {key: pk for key, data in found.items() if storable.is_usable_id(pk := _named(data))}
    if named:
        _link_named(named, account)
    if conf.get("LINK_USERS_BY_EMAIL"):
        for key in found.keys() - named.keys():
            _link_by_email(key, found[key].get("email"), account)


def _link_named(named: Mapping[str, str], account: str | None) -> None:
    """Set the users of customers that have none."""
    pks = {key: pk for key, text in named.items() if (pk := _user_pk(text)) is not None}
    users = conf.owner_model()._base_manager.using(conf.database())
    there = set(users.filter(pk__in=pks.values()).values_list("pk", flat=True))
    links = {key: pk for key, pk in pks.items() if pk in there}
    if links:
        unlinked = rows.of_kind(kinds.CUSTOMER).filter(account=account, user=None, pk__in=links)
        whens = [When(pk=key, then=Value(pk)) for key, pk in links.items()]
        output = conf.owner_model()._meta.pk
        unlinked.update(user_id=Case(*whens, output_field=output))


def _user_pk(given: Any) -> Any:
    """Return the key of a user that metadata or a checkout names, None for what can be none."""
    try:
        pk = conf.owner_model()._meta.pk.to_python(given)
    except ValidationError:
        return None
    return None if isinstance(pk, int) and mapping.to_integer(pk) is None else pk


def may_be_named(data: dict[str, Any]) -> bool:
    """Tell whether a customer's data may name a local user."""
    return bool(_named(data) or conf.get("LINK_USERS_BY_EMAIL"))


def link_checkout(session: dict[str, Any], *, account: str | None) -> None:
    """Link the user that a checkout names to its customer, if that is of the same account."""
    _link_now_or_later(partial(_link_by_checkout, session, account))


def link_user(customer: str, user_pk: Any, *, account: str | None) -> bool:
    """Set the user of an account's customer that has none; tell whether it was set.

    It is not unless both exist, and the account is our own, None, or a trusted one.
    """
    if not conf.is_trusted(account):
        return False
    pk = _user_pk(user_pk)
    if pk is None:
        return False
    user = conf.owner_model()._base_manager.using(conf.database()).filter(pk=pk)
    customers = rows.of_kind(kinds.CUSTOMER)
    unlinked = customers.filter(Exists(user), pk=customer, account=account, user=None)
    return _set(unlinked, customer, Subquery(user.values("pk")))


def assign(row: StripeBaseCustomer, user: Any) -> None:
    """Set the user of a customer's row, whoever it was before."""
    if row.user_id != user.pk:
        ours = rows.of_kind(kinds.CUSTOMER).filter(pk=row.pk)
        _set(ours, row.pk, user.pk, before=row.user_id)
    row.user = user


def _set(customers: Any, customer: str, user: Any, *, before: Any = None) -> bool:
    """Set the user of a customer that is among `customers`; tell whether it was set.

    A model that nobody listens to needs no instance.
    """
    if statements.is_plain(customers.model):
        return bool(customers.update(user_id=user))
    # A receiver that raises undoes the link, also one that is made after a commit.
    with transaction.atomic(using=customers.db, savepoint=False):
        if not customers.update(user_id=user):
            return False
        row = rows.of_kind(kinds.CUSTOMER).get(pk=customer)
        columns = ["user_id", *changes.set_by_themselves(type(row))]
        row.save(using=customers.db, update_fields=columns)
        changes.tell(row, {"user_id": before})
    return True


def _named(data: dict[str, Any]) -> Any:
    metadata = data.get("metadata")
    return isinstance(metadata, dict) and metadata.get(conf.get("USER_METADATA_KEY"))


def _link_by_checkout(session: dict[str, Any], account: str | None) -> bool:
    customer = mapping.reference_id(session.get("customer"))
    if customer is None:
        return False
    # Of a payment link, whoever opens it writes this attribute into its URL.
    is_ours = session.get("payment_link") is None
    given = (session.get(CHECKOUT_USER) if is_ours else None, _named(session))
    named = filter(storable.is_usable_id, given)
    return any(link_user(customer, user_pk, account=account) for user_pk in named)


def _link_now_or_later(link: Callable[[], bool]) -> bool:
    """Link a checkout and its customer; tell whether that was done.

    Each may be in a transaction that does not see the other's row: after the commits, the later
    one links them.
    """
    if link():
        return True
    transaction.on_commit(link, using=conf.database(), robust=True)
    return False


def link_by_checkouts(customer: str, account: str | None) -> bool:
    """Link by the checkouts that arrived before their customer."""
    model, columns = checkouts_of(customer)
    found = model.objects.using(conf.database()).filter(account=account, **columns)
    is_event = "object_type" in columns
    sessions = (row.stripe_object if is_event else row.stripe_data for row in found)
    return any(_link_by_checkout(session, account) for session in sessions)


def checkouts_of(customer: str) -> tuple[Any, dict[str, str]]:
    """Return the model and columns of the rows that hold a customer's checkout sessions.

    Where `MIRROR` leaves sessions out, these are their events.
    """
    kind = kinds.CHECKOUT_SESSION
    if conf.is_mirrored(kind.object):
        return conf.model(kind.model), {"customer": customer}
    return conf.model("Event"), {"customer": customer, "object_type": kind.object}


def link_by_all_checkouts(account: str | None) -> None:
    """Link the customers without a user whose checkouts name one."""
    if not conf.is_trusted(account):
        return
    sessions = rows.of_kind(kinds.CHECKOUT_SESSION).filter(
        account=account, customer__user=None, customer__account=account
    )
    names_one = ~Q(**{CHECKOUT_USER: None}) | Q(metadata__has_key=conf.get("USER_METADATA_KEY"))
    named = sessions.filter(names_one).exclude(customer=None)
    for session in named.values("customer", "metadata", "payment_link", CHECKOUT_USER).iterator():
        _link_by_checkout(session, account)


def _link_by_email(customer: str, email: Any, account: str | None) -> bool:
    if not isinstance(email, str) or not email.strip():
        return False
    field = local_users.email_field()
    if field is None:  # a check says so
        return False
    managed = conf.owner_model()._base_manager.using(conf.database())
    same = managed.filter(**{f"{field}__iexact": storable.clean_text(email)})
    found = list(same.values_list("pk", flat=True)[:2])
    # An address that two users share identifies neither.
    return len(found) == 1 and link_user(customer, found[0], account=account)
