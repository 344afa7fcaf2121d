"""What every mirror has in common: its key, its age, and the whole Stripe object."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.db import models

from stripe_integrations import conf
from stripe_integrations.local_users import described
from stripe_integrations.models.fields import StripeIdField
from stripe_integrations.money import to_decimal

if TYPE_CHECKING:
    from typing_extensions import Self


Row = TypeVar("Row", bound=models.Model)


class StripeQuerySet(models.QuerySet[Row]):
    """Queryset methods of every mirror."""

    def not_deleted(self) -> Self:
        """Leave out the objects that Stripe has deleted."""
        return self.filter(deleted_at=None)

    def authorized(self) -> Self:
        """Leave out rows of connected accounts that no longer let us act for them."""
        accounts = conf.model("Account")
        withdrawn = accounts._base_manager.exclude(deauthorized_at=None).values("pk")
        # The row of an account itself is ours, and is left out by its own column.
        whose = "pk" if self.model is accounts else "account"
        return self.exclude(**{f"{whose}__in": withdrawn})


def id_of(given: Any, *names: str) -> str:
    """Return the id of a row of one of these models, given as the row or its id.

    Raises TypeError for anything else.
    """
    if any(isinstance(given, conf.model(name)) for name in names):
        return str(given.pk)
    if not isinstance(given, str):
        raise TypeError(f"Pass a {names[0]} or its id, not {described(given)}.")
    return given


class Money(property):
    """A property that gives an amount in the unit of its currency."""

    #: The column of the currency.
    currency: str

    if TYPE_CHECKING:

        def __get__(  # type: ignore[override]
            self, row: Any, owner: type | None = None, /
        ) -> Decimal | None: ...


def money_of(column: str, currency: str = "currency") -> Money:
    """Return a property that gives an amount, 1050 of `usd` as 10.50; None if one is unknown."""

    def money(row: StripeModel) -> Decimal | None:
        return to_decimal(getattr(row, column), getattr(row, currency))

    amount = Money(money, doc=f"`{column}` in the unit of the currency.")
    amount.currency = currency
    return amount


class StripeModel(models.Model):
    """A row equal to a Stripe object.

    A column named as Stripe names an attribute is filled with it, also one that a subclass adds.
    """

    # -- what a subclass may set

    #: Column -> the paths where Stripe has kept its value, newest API version first.
    stripe_paths: ClassVar[dict[str, tuple[str, ...]]] = {}
    #: Column -> what returns its value where no path has one, and None if the object does not say.
    stripe_computed: ClassVar[dict[str, Callable[[dict[str, Any]], Any]]] = {}
    #: Columns that carry an attribute's name and are yet not to be filled.
    stripe_ignore: ClassVar[tuple[str, ...]] = ()
    #: Whether people choose this object's ids, so that two accounts may use the same one.
    stripe_chosen_ids: ClassVar[bool] = False

    #: Columns that the admin's list shows; by default those that people usually look for.
    admin_columns: ClassVar[tuple[str, ...]] = ()

    # -- the columns

    id = StripeIdField(primary_key=True)
    account = StripeIdField(
        null=True,
        blank=True,
        help_text="The connected account that it belongs to; null for your own.",
    )
    livemode = models.BooleanField(null=True, blank=True)
    created = models.DateTimeField(null=True, blank=True, db_index=True)
    stripe_data = models.JSONField(
        default=dict, blank=True, help_text="The whole object, as last received."
    )
    deleted_at = models.DateTimeField(null=True, blank=True, db_index=True)
    # Unix seconds and not a DateTimeField: with USE_TZ=False an hour of every year is ambiguous.
    as_of = models.BigIntegerField(
        default=0, help_text="Latest Stripe time of the data, in Unix seconds."
    )
    fetched_at = models.BigIntegerField(
        null=True,
        blank=True,
        help_text="Earliest Stripe time at which it was read from the API, in Unix seconds; "
        "null for data from an event.",
    )
    version = models.PositiveBigIntegerField(default=1, help_text="Raised by each write.")
    in_doubt = models.BooleanField(
        default=False,
        db_index=True,
        help_text="Set if it could not be decided which of two snapshots is newer.",
    )

    # What `ordering` remembers of a burst of events, and of who has read the row.
    verb = models.CharField(
        max_length=255,
        default="",
        blank=True,
        help_text="Last word of the type of the event that the data is from.",
    )
    trail = models.JSONField(default=list, blank=True, help_text="Fingerprints of earlier states.")
    read_by = models.CharField(
        max_length=16,
        default="",
        blank=True,
        help_text="Fingerprint of the API key that last read the object.",
    )

    objects: ClassVar = StripeQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def stripe_id(self) -> str:
        """The object's id at Stripe: the key, without what tells two accounts' rows apart."""
        key: str = self.pk
        return key.removeprefix(f"{self.account}/")

    @property
    def is_deleted(self) -> bool:
        """Whether Stripe has deleted the object; the row stays, so that links keep their sense."""
        deleted_at: datetime | None = self.deleted_at
        return deleted_at is not None
