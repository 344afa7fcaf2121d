"""The verbs that every mirrored kind of object has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from stripe_integrations import conf, transactions
from stripe_integrations.actions import arguments
from stripe_integrations.actions.calls import Row, StripeCalls
from stripe_integrations.mirror import listing, pages, rows, settle, sync, write
from stripe_integrations.mirror.attempts import account_or_events
from stripe_integrations.mirror.settle import Settled
from stripe_integrations.mirror.snapshots import Snapshot

if TYPE_CHECKING:
    from stripe_integrations.models import StripeModel

#: The value of an object's `object` attribute -> the first action that was defined for it, ours.
registered: dict[str, type[StripeAction[Any]]] = {}


class StripeAction(StripeCalls[Row]):
    """Verbs on one kind of Stripe object; each returns the row as it is stored.

    The type in brackets is that of the rows: `class StripeProduct(StripeAction["Product"])`.
    `account` is the id of a connected account, None for our own. Within a webhook class, `sync` and
    `soft_delete` take None for the event's account.
    """

    # -- what a subclass sets: `kind`

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "kind" in cls.__dict__:
            registered.setdefault(cls.kind.object, cls)

    # -- the verbs

    @classmethod
    def model(cls) -> type[Row]:
        """Return the model in use, ours or the one swapped in."""
        model: type[Row] = conf.model(cls.kind.model)
        return model

    @classmethod
    def sync(cls, data: dict[str, Any], *, account: str | None = None) -> Row | None:
        """Write an object that Stripe gave out, unless the row is newer, and return the row.

        `data` is a dict, or an object of the `stripe` package. Within a webhook class, the event's
        own object has the event's time and account, and is taken in once for all classes. Of other
        data the age is unknown: if the row says something else, the object is read from the API.
        Returns None, and writes nothing, for an object without an id that can be a key, or if the
        row is of another account. Raises ValueError for another kind of object, and TypeError for
        what is no object.
        """
        data = arguments.stripe_object(data)
        given = data.get("object", cls.kind.object)
        if given != cls.kind.object:
            raise ValueError(
                f"{cls.__name__}.sync takes a {cls.kind.object}, not a {given}: "
                "call the action of that object."
            )
        row: Row | None = sync.sync(cls.kind, data, account)
        return row

    @classmethod
    def sync_all(cls, *, account: str | None = None) -> int:
        """Read all objects of this kind from the API, write those that are newer; return how many.

        Raises stripe.StripeError.
        """
        count = 0
        for page in listing.list_pages(cls.kind, account):
            pages.write_page(cls.kind, page, account)
            count += len(page.objects)
        return count

    @classmethod
    def retrieve(
        cls,
        id: StripeModel | str,  # noqa: A002 - Stripe's name
        *,
        account: str | None = None,
    ) -> Row:
        """Read one object from the API by its Stripe id or its row, write it, and return the row.

        `account` is by default that of the row. Raises stripe.InvalidRequestError when Stripe has
        no such object, and TypeError for neither a row nor an id.
        """
        own_id, account = arguments.stripe_id(cls.kind, id, account)
        return cls._retrieve({"id": own_id}, account)

    @classmethod
    def settle(cls, row: Row) -> Row:
        """Read from the API what a row in doubt should hold, write that, and return the row.

        The row stays in doubt where the API does not answer, or does not find an object that this
        key has never seen. Raises TypeError for what is no row.
        """
        arguments.check_row(cls.kind.model, row, f"{cls.__name__}.retrieve(id) reads one by its id")
        settled: Row = cls.try_to_settle(row).row
        return settled

    @classmethod
    def soft_delete(
        cls,
        id: StripeModel | str,  # noqa: A002
        *,
        account: str | None = None,
    ) -> Row | None:
        """Mark the row as deleted, keep the rest of it, and return it; None if there is no row.

        Raises TypeError for neither a row nor an id.
        """
        own_id, account = arguments.stripe_id(cls.kind, id, account)
        account = account_or_events(account)
        ours = cls._rows().filter(account=account)
        key = rows.pk_of(cls.kind, own_id, account)

        def work() -> Row | None:
            write.begin(ours)
            row: Row | None = ours.filter(pk=key).first()
            if row is not None and row.deleted_at is None:
                write.write_version(ours, row, {"deleted_at": timezone.now()})
            return row

        return transactions.run_atomic(work, conf.database())

    # -- what commands and the admin use

    @classmethod
    def try_to_settle(cls, row: Row) -> Settled[Row]:
        """Do what `settle` does, and tell whether the API has given an answer."""
        return settle.settle(cls.kind, row)

    @classmethod
    def write_answer(cls, answer: Snapshot, *, account: str | None) -> Row:
        """Write what `fetch` returned, and return the row."""
        return cls._write(answer, account=account)
