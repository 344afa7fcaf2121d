"""Whose the rows of dj-stripe are: our own account's, or a connected account's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stripe_integrations.operations.foreign_tables import CannotImport, ForeignTable, find_table

OWNER = "djstripe_owner_account_id"
#: Types of keys that act for an account.
ACTING = ("secret", "restricted")


class Owners:
    """The accounts of rows, by the value of `djstripe_owner_account_id`."""

    def __init__(self, own: str | None, tables: Sequence[ForeignTable]) -> None:
        accounts = find_table("djstripe_account")
        # DJSTRIPE_FOREIGN_KEY_TO_FIELD is "id" or "djstripe_id": the column has either.
        ids = {} if accounts is None else accounts.pairs("djstripe_id", "id")
        self._ids = {str(key): stripe_id for key, stripe_id in ids.items()}
        self.own = own or self._own(tables)

    def account(self, owner: Any) -> str | None:
        """Return the connected account of a row with this owner, None for our own."""
        account = self._id(owner)
        return None if account == self.own else account

    def _id(self, owner: Any) -> str | None:
        return None if owner is None else self._ids.get(str(owner), str(owner))

    def _own(self, tables: Sequence[ForeignTable]) -> str | None:
        """Return the account that dj-stripe's API keys are of, else the only one with rows.

        Raises CannotImport if there are several.
        """
        found = self._with_key() or {
            self._id(owner)
            for table in tables
            if OWNER in table.columns
            for owner in table.values(OWNER, distinct=True)
        }
        if len(found) > 1:
            raise CannotImport(
                f"Rows are of several accounts: {', '.join(sorted(map(str, found)))}. Say with "
                "--own-account which of them is your own; the others are connected accounts."
            )
        return next(iter(found), None)

    def _with_key(self) -> set[str | None]:
        keys = find_table("djstripe_apikey")
        if keys is None or not {"type", OWNER} <= keys.columns:
            return set()
        return {
            self._id(row[OWNER])
            for batch in keys.batches("djstripe_id", ("type", OWNER))
            for row in batch
            if row["type"] in ACTING and row[OWNER] is not None
        }
