"""The verbs that every mirrored kind of object has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

from django.utils import timezone

from stripe_integrations import client, conf, mapping, ordering, transactions
from stripe_integrations.actions import mirrors
from stripe_integrations.ordering import Snapshot, Verdict

_event: ContextVar[Any] = ContextVar("event", default=None)


@contextmanager
def running_for(event: Any) -> Iterator[None]:
    """Let `sync` know, while a webhook class runs, which event it runs for."""
    # A second instance, with a message of its own: the class may change the one it is given.
    own = type(event)(
        kind=event.kind, body=event.body, account=event.account, livemode=event.livemode
    )
    token = _event.set(own)
    try:
        yield
    finally:
        _event.reset(token)


class StripeAction:
    """Verbs on one kind of Stripe object; each returns the mirror row.

    `account` is the id of a connected account, None for our own.
    """

    # -- what a subclass sets

    #: The model's name, as `conf.model` wants it.
    model_name: ClassVar[str]
    #: Stripe's name of the object: the value of its `object` attribute.
    object_name: ClassVar[str]
    #: The resource's segment in the API: /v1/<resource>/<id>.
    resource: ClassVar[str]
    #: Whether a `*.deleted` event means that the object is gone.
    deleted_means_gone: ClassVar[bool] = True

    # -- the verbs

    @classmethod
    def model(cls) -> Any:
        """Return the model in use, ours or the one swapped in."""
        return conf.model(cls.model_name)

    @classmethod
    def sync(cls, data: dict[str, Any], *, account: str | None = None) -> Any:
        """Write an object that Stripe gave out, unless the row is newer, and return the row.

        `data` is a dict, or an object of the `stripe` package. Within a webhook class, the event's
        own object has the event's time and account. Returns None, and writes nothing, for an
        object without an id that can be a key. Raises ValueError for another kind of object.
        """
        data = client.plain(data)
        kind = data.get("object", cls.object_name)
        if kind != cls.object_name:
            raise ValueError(
                f"{cls.__name__}.sync takes a {cls.object_name}, not a {kind}: "
                "call the action of that object."
            )
        if not mapping.is_usable_id(data.get("id")):
            return None
        event = _event.get()
        if event is not None and data == event.stripe_object:
            snapshot = cls._from_event(event, data)
            return cls._write(snapshot, account=event.account, livemode=event.livemode)
        return cls._write(
            Snapshot(data, deleted=data.get("deleted") is True),
            account=account,
        )

    @classmethod
    def sync_all(cls, *, account: str | None = None) -> int:
        """Read all objects of this kind from the API, write those that are newer; return how many.

        Raises stripe.StripeError.
        """
        count = 0
        for page in cls._pages(account):
            for data in page.data["data"]:
                if cls._write_listed(data, page, account):
                    count += 1
        return count

    @classmethod
    def retrieve(cls, id: str, *, account: str | None = None) -> Any:  # noqa: A002 - Stripe's name
        """Read one object from the API by its Stripe id, write it, and return the row.

        Raises stripe.InvalidRequestError when Stripe has no such object.
        """
        return cls._read(cls._path({"id": id}), id, account)

    @classmethod
    def soft_delete(cls, id: str, *, account: str | None = None) -> Any:  # noqa: A002
        """Mark the row as deleted, keep the rest of it, and return it; None if there is no row."""
        rows = cls._rows()
        key = mapping.row_id(cls.model(), id, account)

        def work() -> Any:
            row = rows.filter(pk=key).first()
            if row is not None and row.deleted_at is None:
                mirrors.write_version(rows, row, {"deleted_at": timezone.now()})
            return row

        return transactions.run(work, conf.database())

    # -- hooks

    @classmethod
    def after_write(cls, row: Any, data: dict[str, Any]) -> None:
        """Do what lies outside the mirror, also when the write was skipped; in its transaction."""

    @classmethod
    def _path(cls, data: dict[str, Any]) -> str:
        """Return where the API has an object, of which at least the id is known."""
        return client.resource_path(cls.resource, data["id"])

    @classmethod
    def _pages(cls, account: str | None) -> Iterator[client.Answer]:
        return client.pages(client.resource_path(cls.resource), account=account)

    # -- how

    @classmethod
    def _rows(cls) -> Any:
        return cls.model().objects.using(conf.database())

    @classmethod
    def _from_event(cls, event: Any, data: dict[str, Any]) -> Snapshot:
        created = mapping.to_integer(event.message.get("created"))
        gone = event.verb == "deleted" and cls.deleted_means_gone
        return Snapshot(data, event.verb, created, deleted=gone or data.get("deleted") is True)

    @classmethod
    def _write(
        cls, snapshot: Snapshot, *, account: str | None = None, livemode: bool | None = None
    ) -> Any:
        if livemode is None:
            own = snapshot.data.get("livemode")
            livemode = own if isinstance(own, bool) else conf.livemode()

        def work() -> Any:
            row = mirrors.write(cls.model(), snapshot, account=account, livemode=livemode)
            cls.after_write(row, snapshot.data)
            return row

        # A webhook class runs inside a transaction that is tried again as a whole.
        return work() if _event.get() is not None else transactions.run(work, conf.database())

    @classmethod
    def _call(
        cls,
        method: str,
        path: str,
        params: dict[str, Any] | None = None,
        *,
        account: str | None = None,
        idempotency_key: str | None = None,
    ) -> Any:
        """Call the API and write the object that it answers with."""
        answer = client.request(
            method, path, params, account=account, idempotency_key=idempotency_key
        )
        row = cls._write(cls._from_answer(answer.data, answer), account=account)
        if row.in_doubt:  # an event of the same moment: what does Stripe say now?
            row = cls._read(cls._path(answer.data), answer.data["id"], account)
        return row

    @classmethod
    def _read(cls, path: str, id: str, account: str | None) -> Any:  # noqa: A002
        """Read one object; if the row was written meanwhile, read again."""
        rows = cls._rows()
        versions = rows.filter(pk=mapping.row_id(cls.model(), id, account)).values_list(
            "version", flat=True
        )
        for _ in range(transactions.ATTEMPTS):
            seen = versions.first() or 0
            answer = client.request("get", path, account=account)
            if (versions.first() or 0) == seen:
                break
        return cls._write(cls._from_answer(answer.data, answer, seen), account=account)

    @classmethod
    def _write_listed(cls, data: dict[str, Any], page: client.Answer, account: str | None) -> bool:
        if not mapping.is_usable_id(data.get("id")):
            return False
        snapshot = cls._from_answer(data, page)
        rows = cls._rows()
        row = rows.filter(pk=mapping.row_id(cls.model(), data["id"], account)).first()
        if row is not None and ordering.judge(row, snapshot) is Verdict.IN_DOUBT:
            cls._read(cls._path(data), data["id"], account)
        else:
            cls._write(snapshot, account=account)
        return True

    @classmethod
    def _from_answer(
        cls, data: dict[str, Any], answer: client.Answer, seen: int | None = None
    ) -> Snapshot:
        return Snapshot(
            data,
            fetched_at=answer.fetched_at,
            as_of=answer.as_of,
            seen=seen,
            deleted=data.get("deleted") is True,
        )
