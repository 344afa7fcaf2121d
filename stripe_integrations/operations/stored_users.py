"""The users of customers that another library has stored: dj-stripe's subscribers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError

from stripe_integrations import conf
from stripe_integrations.operations.foreign_tables import (
    CannotImport,
    ForeignTable,
    Row,
    find_table,
)
from stripe_integrations.operations.stored_objects import Outcomes, StoredObject

NOT_A_USER = "imported without a user: the subscriber is a row of {table}, see --subscriber-user"
NO_USER = "imported without a user: there is none for the subscriber"
NOT_TRUSTED = "imported without a user: the account is not in TRUSTED_ACCOUNTS"


def users_key() -> tuple[str, str]:
    """Return the table of the users, and its key."""
    meta = conf.owner_model()._meta
    return meta.db_table, str(meta.pk.column)


class Subscribers:
    """The users of customers, by the value of a column, a foreign key.

    `stripe_id` is the column with the customer's id at Stripe, `user_column` that with the user's
    key in the table that the foreign key leads to, where that is not the users'.
    """

    def __init__(
        self,
        customers: ForeignTable | None,
        column: str,
        stripe_id: str = "id",
        user_column: str | None = None,
    ) -> None:
        """Find out where the column leads. Raises CannotImport for a column that there is not."""
        self.column, self.stripe_id = column, stripe_id
        self.users = users_key()
        target = customers and customers.target(column)
        self.table, self.key = target or self.users
        self.user_column = user_column
        if user_column is not None:
            table = find_table(self.table)
            if table is None or user_column not in table.columns:
                raise CannotImport(f"{self.table} has no column {user_column}.")

    def link(
        self, objects: Sequence[StoredObject], batch: Sequence[Row]
    ) -> tuple[list[StoredObject], Outcomes]:
        """Return customers with their users, and how many have a subscriber and no user."""
        subscribers = {row[self.stripe_id]: row[self.column] for row in batch}
        users = self._users({each for each in subscribers.values() if each is not None})
        outcomes: Outcomes = Counter()
        linked = []
        for each in objects:
            subscriber = subscribers.get(each.data.get("id"))
            user = users.get(subscriber)
            if subscriber is not None:
                outcomes.update(self._reason(user, each.account))
            linked.append(replace(each, user=user))
        return linked, outcomes

    def _reason(self, user: Any, account: str | None) -> list[str]:
        if not conf.is_trusted(account):  # who owns it may have named any user
            return [NOT_TRUSTED]
        if user is not None:
            return []
        return [NO_USER if self._are_users else NOT_A_USER.format(table=self.table)]

    @property
    def _are_users(self) -> bool:
        return self.user_column is not None or (self.table, self.key) == self.users

    def _users(self, subscribers: set[Any]) -> dict[Any, Any]:
        """Return the key of the user of each subscriber who has one."""
        if not self._are_users or not subscribers:
            return {}
        keys = {each: each for each in subscribers}
        if self.user_column is not None:
            table = find_table(self.table)
            keys = {} if table is None else table.pairs(self.key, self.user_column, [*subscribers])
        found = {each: pk for each, key in keys.items() if (pk := _user_key(key)) is not None}
        users = conf.owner_model()._base_manager.using(conf.database())
        there = set(users.filter(pk__in=list(found.values())).values_list("pk", flat=True))
        return {subscriber: pk for subscriber, pk in found.items() if pk in there}


def _user_key(value: Any) -> Any:
    """Return the key of a user as Django has it, None for what can be none."""
    try:
        return None if value is None else conf.owner_model()._meta.pk.to_python(value)
    except ValidationError:
        return None
