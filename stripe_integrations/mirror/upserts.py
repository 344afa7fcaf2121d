"""What the statements write: an object with the time of its guard, and the rows of its lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stripe_integrations.kinds import Kind


@dataclass(frozen=True)
class PartRows:
    """The objects of a list in an object, as rows."""

    attribute: str
    model: Any
    #: Their link to the owner's row, and that row's key.
    link: str
    owner: str
    account: str | None
    #: Columns by attribute name: `columns`, for all rows.
    rows: list[dict[str, Any]]
    columns: tuple[str, ...]
    #: Whether these are all there are.
    is_whole: bool
    #: When those were deleted that are not among them.
    gone_at: datetime


@dataclass(frozen=True)
class Upsert:
    """An object's columns, to be written if the row is of our own account and older than a time.

    `than` is in Unix seconds of Stripe's clock. Only a creation is written over a deleted row, and
    only a creation is likely to find no row.
    """

    kind: Kind
    model: Any
    data: dict[str, Any]
    values: Mapping[str, Any]
    than: int
    is_creation: bool
    #: It is written only if this model has no row with these columns; None for no condition.
    unless: tuple[Any, dict[str, str]] | None
    parts: list[PartRows]
