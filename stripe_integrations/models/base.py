"""What every mirror has in common: its key, its age, and the whole Stripe object."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from stripe_integrations.models.fields import StripeIdField

if TYPE_CHECKING:
    from typing_extensions import Self


class StripeQuerySet(models.QuerySet[Any]):
    """What one asks of any mirror."""

    def not_deleted(self) -> Self:
        """Leave out the objects that Stripe has deleted."""
        return self.filter(deleted_at=None)


def is_nobody(user: Any) -> bool:
    """Tell whether `request.user` is nobody: not logged in, or None, as DRF can be told."""
    return user is None or user.pk is None


class StripeModel(models.Model):
    """A row equal to a Stripe object.

    A column named as Stripe names an attribute is filled with it, also one that a subclass adds.
    """

    # -- what a subclass may set

    #: Column -> the paths where Stripe has kept its value, newest API version first.
    stripe_paths: ClassVar[dict[str, tuple[str, ...]]] = {}
    #: Columns that carry an attribute's name and are yet not to be filled.
    stripe_ignore: ClassVar[tuple[str, ...]] = ()
    #: Whether people choose this object's ids, so that two accounts may use the same one.
    stripe_chosen_ids: ClassVar[bool] = False

    # -- the columns

    id = StripeIdField(primary_key=True)
    account = StripeIdField(
        null=True, blank=True, help_text="The connected account it belongs to; null for our own."
    )
    livemode = models.BooleanField(null=True, blank=True)
    created = models.DateTimeField(null=True, blank=True, db_index=True)
    stripe_data = models.JSONField(
        default=dict, blank=True, help_text="The whole object, as last seen."
    )
    deleted_at = models.DateTimeField(null=True, blank=True)
    # Unix seconds and not a DateTimeField: with USE_TZ=False an hour of every year is ambiguous.
    as_of = models.BigIntegerField(
        default=0, help_text="Stripe time (Unix seconds) that the data is from, at the latest."
    )
    fetched_at = models.BigIntegerField(
        null=True,
        blank=True,
        help_text="Stripe time (Unix seconds) at which it was read, at the earliest; "
        "null for data from an event.",
    )
    version = models.PositiveBigIntegerField(default=1, help_text="Raised by each write.")
    in_doubt = models.BooleanField(
        default=False,
        db_index=True,
        help_text="Which of two snapshots is newer could not be settled.",
    )

    # What `ordering` remembers of a burst of events, and of who has read the row.
    verb = models.CharField(
        max_length=255,
        default="",
        blank=True,
        help_text="What the event did that the data is from.",
    )
    trail = models.JSONField(
        default=list, blank=True, help_text="Fingerprints of the states that came before it."
    )
    read_by = models.CharField(
        max_length=16,
        default="",
        blank=True,
        help_text="Fingerprint of the API key that last read it.",
    )

    objects: ClassVar[Any] = StripeQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_deleted(self) -> bool:
        """Whether Stripe has deleted the object; the row stays, so that links keep their sense."""
        deleted_at: datetime | None = self.deleted_at
        return deleted_at is not None
