"""The verbs that every mirrored kind of object has."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar

import stripe
from django.utils import timezone

from stripe_integrations import client, conf, mapping, ordering, payloads, transactions
from stripe_integrations.actions import doubts, mirrors
from stripe_integrations.actions.modes import refuse_other_mode
from stripe_integrations.actions.running import current_event
from stripe_integrations.actions.snapshots import from_answer, from_event, of_unknown_age
from stripe_integrations.ordering import Snapshot

logger = logging.getLogger("stripe_integrations")


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
        own object has the event's time and account, and is taken in once for all classes. Of other
        data the age is unknown: if the row says something else, the object is read from the API.
        Returns None, and writes nothing, for an object without an id that can be a key. Raises
        ValueError for another kind of object.
        """
        data = client.plain(data)
        kind = data.get("object", cls.object_name)
        if kind != cls.object_name:
            raise ValueError(
                f"{cls.__name__}.sync takes a {cls.object_name}, not a {kind}: "
                "call the action of that object."
            )
        event = current_event()
        if event is not None and data == event.stripe_object:
            account = event.account
        else:
            event = None
        if not mapping.has_key(cls.model(), data.get("id"), account):
            return None
        if event is None:
            return cls._write(of_unknown_age(data), account=account)
        row = cls._find(data["id"], account) if event.synced else None
        if row is None:
            gone = event.verb == "deleted" and cls.deleted_means_gone
            snapshot = from_event(event, data, deleted=gone)
            row = cls._write(snapshot, account=account, livemode=event.livemode)
            event.synced = True
        return row

    @classmethod
    def sync_all(cls, *, account: str | None = None) -> int:
        """Read all objects of this kind from the API, write those that are newer; return how many.

        Raises stripe.StripeError.
        """
        count = 0
        for data, page in cls.listed(account):
            cls._write(from_answer(data, page), account=account)
            count += 1
        return count

    @classmethod
    def listed(cls, account: str | None = None) -> Iterator[tuple[dict[str, Any], client.Answer]]:
        """Read all objects of this kind from the API, each whole, with the answer it came in.

        Raises stripe.StripeError.
        """
        for page in cls._pages(account):
            for data in page.data["data"]:
                refuse_other_mode(data)
                if mapping.has_key(cls.model(), data.get("id"), account):
                    yield cls._whole(data, account), page

    @classmethod
    def retrieve(cls, id: str, *, account: str | None = None) -> Any:  # noqa: A002 - Stripe's name
        """Read one object from the API by its Stripe id, write it, and return the row.

        Raises stripe.InvalidRequestError when Stripe has no such object.
        """
        return cls._retrieve({"id": id}, account)

    @classmethod
    def settle(cls, row: Any) -> Any:
        """Read from the API what a row in doubt should hold, write that, and return the row.

        The row stays in doubt where the API does not answer, or does not find an object that this
        key has never seen.
        """
        data = cls.known(row)
        answer = cls.look_up(data, row.account)
        if answer is None or ordering.settle(row, Snapshot(data), answer)[0] is not answer:
            return row
        return cls.write_answer(answer, account=row.account)

    @classmethod
    def soft_delete(cls, id: str, *, account: str | None = None) -> Any:  # noqa: A002
        """Mark the row as deleted, keep the rest of it, and return it; None if there is no row."""
        rows = cls._rows()
        key = mapping.row_id(cls.model(), id, account)

        def work() -> Any:
            mirrors.begin(rows)
            row = rows.filter(pk=key).first()
            if row is not None and row.deleted_at is None:
                mirrors.write_version(rows, row, {"deleted_at": timezone.now()})
            return row

        return transactions.run(work, conf.database())

    # -- what commands use

    @classmethod
    def known(cls, row: Any) -> dict[str, Any]:
        """Return what a row says of its object, at least the id."""
        return {"id": row.pk.removeprefix(f"{row.account}/"), **row.stripe_data}

    @classmethod
    def look_up(cls, data: dict[str, Any], account: str | None) -> Snapshot | None:
        """Read an object from the API, impatiently; None if that gives no answer."""
        seen = cls._version(data["id"], account)
        try:
            answer = client.look_up(cls._path(data), account=account)
            whole = answer.data and cls._checked(answer.data, account, impatient=True)
            if whole and whole["id"] != data["id"]:
                raise ValueError("The API answered with another object.")
        except (stripe.StripeError, ValueError) as error:
            logger.warning("%s: the API gave no answer: %s", data["id"], type(error).__name__)
            return None
        gone = {"id": data["id"], "object": cls.object_name, "deleted": True}
        return from_answer(whole or gone, answer, seen)

    @classmethod
    def write_answer(cls, answer: Snapshot, *, account: str | None) -> Any:
        """Write what `look_up` returned, and return the row."""
        return cls._write(answer, account=account)

    # -- hooks

    @classmethod
    def after_write(cls, row: Any, data: dict[str, Any], *, is_new: bool) -> None:
        """Do what lies outside the mirror, also when the write was skipped; in its transaction."""

    @classmethod
    def _path(cls, data: dict[str, Any]) -> str:
        """Return where the API has an object, of which at least the id is known."""
        return client.resource_path(cls.resource, data["id"])

    @classmethod
    def _pages(cls, account: str | None) -> Iterator[client.Answer]:
        return client.pages(client.resource_path(cls.resource), account=account)

    @classmethod
    def _whole(
        cls, data: dict[str, Any], account: str | None, *, impatient: bool = False
    ) -> dict[str, Any]:
        """Return an answer of the API with its nested lists read to their ends."""
        return data

    # -- how

    @classmethod
    def _rows(cls) -> Any:
        return cls.model().objects.using(conf.database())

    @classmethod
    def _find(cls, id: str, account: str | None) -> Any:  # noqa: A002
        return cls._rows().filter(pk=mapping.row_id(cls.model(), id, account)).first()

    @classmethod
    def _version(cls, id: str, account: str | None) -> int:  # noqa: A002
        """Return the version of a row, 0 without a row."""
        key = mapping.row_id(cls.model(), id, account)
        return cls._rows().filter(pk=key).values_list("version", flat=True).first() or 0

    @classmethod
    def _write(
        cls, snapshot: Snapshot, *, account: str | None = None, livemode: bool | None = None
    ) -> Any:
        if livemode is None:
            own = snapshot.data.get("livemode")
            livemode = own if isinstance(own, bool) else conf.livemode()

        def work() -> Any:
            row, is_new = mirrors.write(
                cls.model(),
                snapshot,
                account=account,
                livemode=livemode,
                policy=conf.sync_policy(cls.object_name),
                read=partial(cls.look_up, snapshot.data, account),
            )
            cls.after_write(row, snapshot.data, is_new=is_new)
            return row

        def work_alone() -> Any:
            mirrors.begin(cls._rows())
            return work()

        # A webhook class runs inside a transaction that is tried again as a whole.
        return work() if current_event() is not None else doubts.run(work_alone, conf.database())

    @classmethod
    def _call(
        cls,
        method: str,
        path: str,
        params: dict[str, Any] | None = None,
        *,
        account: str | None = None,
        changes: str | None = None,
    ) -> Any:
        """Call the API and write the object that it answers with; `changes` is its id if known."""
        seen = cls._version(changes, account) if changes else None
        answer = client.request(method, path, params, account=account)
        data = cls._checked(answer.data, account)
        return cls._write(from_answer(data, answer, seen), account=account)

    @classmethod
    def _retrieve(cls, data: dict[str, Any], account: str | None) -> Any:
        seen = cls._version(data["id"], account)
        answer = client.request("get", cls._path(data), account=account)
        whole = cls._checked(answer.data, account)
        return cls._write(from_answer(whole, answer, seen), account=account)

    @classmethod
    def _checked(
        cls, data: dict[str, Any], account: str | None, *, impatient: bool = False
    ) -> dict[str, Any]:
        """Return an answer whole. Raises stripe.APIError when it is no object of this kind."""
        is_ours = data.get("object") == cls.object_name
        if not is_ours or not mapping.has_key(cls.model(), data.get("id"), account):
            raise stripe.APIError(f"The API's answer is no {cls.object_name}.")
        refuse_other_mode(data)
        whole = cls._whole(data, account, impatient=impatient)
        if payloads.is_deeper_than(whole, payloads.MAX_DEPTH):
            raise stripe.APIError(f"The API's answer has more than {payloads.MAX_DEPTH} levels.")
        return whole
