"""How verbs call Stripe: each call once, however often it is made, and its answer written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import stripe

from stripe_integrations import client, conf
from stripe_integrations.actions import idempotency
from stripe_integrations.actions.arguments import reference
from stripe_integrations.kinds import Kind
from stripe_integrations.masking import HiddenText
from stripe_integrations.mirror import fetch, rows, settle, write
from stripe_integrations.mirror.snapshots import Snapshot, from_answer

if TYPE_CHECKING:
    from stripe_integrations.models import StripeModel

#: The model of the rows.
Row = TypeVar("Row", bound="StripeModel")


class StripeCalls(Generic[Row]):
    """What the verbs of a kind are made of. Each returns the row as it is stored."""

    kind: ClassVar[Kind]

    @classmethod
    def _rows(cls) -> Any:
        return rows.of_kind(cls.kind)

    @classmethod
    def _write(cls, snapshot: Snapshot, *, account: str | None = None) -> Row:
        row: Any = write.write(cls.kind, snapshot, account=account)
        secret = snapshot.data.get("client_secret")
        if row is not None and "client_secret" in cls.kind.secrets and isinstance(secret, str):
            row.client_secret = HiddenText(secret)
        written: Row = row
        return written

    @classmethod
    def _change(
        cls,
        passed: Any,
        params: dict[str, Any],
        *below: str,
        method: str = "post",
        idempotency_key: str | None = None,
    ) -> Row:
        """Call the API to change the object that a verb was passed, as a row or an id.

        `below` is what follows the object's own path: `("expire",)`. The row that was passed is
        brought up to date.
        """
        given = reference(cls.kind, passed)
        row = cls._call(
            method,
            client.resource_path(*cls.kind.resource.split("/"), given.id, *below),
            params,
            account=given.account,
            changes=given.id,
            idempotency_key=idempotency_key,
        )
        return cls._up_to_date(passed, row)

    @classmethod
    def _call(
        cls,
        method: str,
        path: str,
        params: dict[str, Any] | None = None,
        *,
        account: str | None = None,
        changes: str,
        idempotency_key: str | None = None,
    ) -> Row:
        """Call the API to change an object, `changes` being its id, and write the answer.

        The same call has the same effect once, until the object's row is written again.
        """
        seen = rows.version(cls.kind, changes, account)
        key = idempotency_key
        if method == "delete":
            answer = client.request(method, path, params, account=account, idempotency_key=key)
        else:
            answer = cls._post(path, params, account, [seen], key)
        if answer.replayed:  # it is up to a day old
            return cls._retrieve(answer.data, account)
        data = fetch.checked(cls.kind, answer.data, account)
        return cls._write(from_answer(data, answer, seen), account=account)

    @classmethod
    def _create(
        cls,
        path: str,
        params: dict[str, Any],
        *,
        account: str | None = None,
        idempotency_key: str | None = None,
        unusable: Iterable[str] = (),
    ) -> Row:
        """Call the API to create an object, and write the answer.

        The same call within a day gets the same object, unless that is unusable by then. With a
        key of the caller's own it always does. `unusable` are ids of objects that are known to be.
        """
        state = list(unusable)
        while True:
            answer = cls._post(path, params, account, state, idempotency_key)
            if not answer.replayed:
                data = fetch.checked(cls.kind, answer.data, account)
                return cls._write(from_answer(data, answer), account=account)
            row = cls._still_there(answer.data, account)
            if row is not None and (idempotency_key or not cls._is_unusable(row)):
                return row
            if idempotency_key:
                raise stripe.InvalidRequestError(  # type: ignore[no-untyped-call]
                    f"{answer.data['id']}, which this idempotency key created, is deleted: "
                    "use another key.",
                    "idempotency_key",
                    code="resource_missing",
                )
            state.append(answer.data["id"])

    @classmethod
    def _delete(
        cls, passed: Any, path: str | None = None, *, idempotency_key: str | None = None
    ) -> Row:
        """Call the API to delete the object that a verb was passed, and mark its row as deleted.

        `path` is the object's own by default. An object that is deleted already is no error if it
        has a row: the answer to an earlier call may have been lost.
        """
        given = reference(cls.kind, passed)
        seen = rows.version(cls.kind, given.id, given.account)
        path = path or fetch.path(cls.kind, {"id": given.id})
        row: Any
        # Stripe answers with a stub for most kinds, and with the whole object for some.
        gone = {"id": given.id, "object": cls.kind.object, "deleted": True}
        try:
            answer = client.request(
                "delete", path, account=given.account, idempotency_key=idempotency_key
            )
        except stripe.InvalidRequestError as error:
            if error.code not in client.MISSING or given.row is None:
                raise
            row = settle.settle(cls.kind, given.row).row
            if not row.is_deleted:
                raise
        else:
            row = cls._write(from_answer(gone, answer, seen), account=given.account)
        return cls._up_to_date(passed, row)

    @classmethod
    def _is_unusable(cls, row: Row) -> bool:
        """Tell whether an object is of no use any more to who wants to create one like it."""
        return row.is_deleted

    @classmethod
    def _up_to_date(cls, passed: Any, row: Row) -> Row:
        """Return the row that a verb has written, once the one that it was passed is like it."""
        if not isinstance(passed, str) and row is not None and passed is not row:
            passed.refresh_from_db(using=conf.database())
        return row

    @classmethod
    def _post(
        cls,
        path: str,
        params: dict[str, Any] | None,
        account: str | None,
        state: list[Any],
        idempotency_key: str | None,
    ) -> client.Answer:
        """Make a call with the caller's idempotency key, else with one made of what it asks for.

        Stripe replays the stored error for a repeated key: a declined card stays declined, also
        when it has been replaced. After a replayed error, the call is sent under a new key.
        """
        state = list(state)
        while True:
            key = idempotency_key or idempotency.key(path, params, account, state)
            try:
                return client.request("post", path, params, account=account, idempotency_key=key)
            except stripe.StripeError as error:
                former = client.replayed_from(error)
                if idempotency_key or former is None or former in state:
                    raise
                state.append(former)

    @classmethod
    def _still_there(cls, data: dict[str, Any], account: str | None) -> Row | None:
        """Read an object that was created a while ago; None if Stripe does not have it any more."""
        try:
            return cls._retrieve(data, account)
        except stripe.InvalidRequestError as error:
            if error.code not in client.MISSING:
                raise
            return None

    @classmethod
    def _retrieve(cls, data: dict[str, Any], account: str | None) -> Row:
        seen = rows.version(cls.kind, data["id"], account)
        answer = client.request(
            "get", fetch.path(cls.kind, data), fetch.asked(cls.kind), account=account
        )
        whole = fetch.checked(cls.kind, answer.data, account)
        return cls._write(from_answer(whole, answer, seen), account=account)
