"""The years, months and days of a list: Django's hierarchy reads the whole table to offer them."""

from __future__ import annotations

import calendar
from datetime import date, datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.text import capfirst

from stripe_integrations import conf

#: As many years as are offered, the latest ones.
MAX_YEARS = 30


class Dates:
    """What the hierarchy of a list offers below the year, month or day that is chosen."""

    def __init__(self, change_list: Any) -> None:
        self.change_list = change_list
        self.field = change_list.date_hierarchy
        ends = _ends(change_list.model, self.field)
        self.first, self.last = ends or (None, None)
        self.year, self.month, self.day = (
            _number(change_list.params.get(f"{self.field}__{part}"))
            for part in ("year", "month", "day")
        )

    @property
    def back(self) -> dict[str, str] | None:
        """The way back to what is above."""
        if not self.year:
            return None
        if not self.month:
            return {"link": self._link(), "title": "All dates"}
        if not self.day:
            return self._choice(str(self.year), self.year)
        return self._choice(_month(self.year, self.month), self.year, self.month)

    @property
    def choices(self) -> list[dict[str, str]]:
        """The years, months or days from the first row of the table to the last."""
        if self.first is None or self.last is None:
            return []
        if not self.year:
            years = range(max(self.first.year, self.last.year - MAX_YEARS + 1), self.last.year + 1)
            return [self._choice(str(year), year) for year in years]
        if not self.month:
            return [
                self._choice(_month(self.year, month), self.year, month)
                for month in range(1, 13)
                if self._has_rows(self.year, month)
            ]
        if self.day:
            return [{"title": _day(date(self.year, self.month, self.day))}]
        days = range(1, calendar.monthrange(self.year, self.month)[1] + 1)
        return [
            self._choice(_day(each), self.year, self.month, each.day)
            for each in (date(self.year, self.month, day) for day in days)
            if self.first <= each <= self.last
        ]

    def _has_rows(self, year: int, month: int) -> bool:
        first, last = self.first, self.last
        return bool(
            first and last and (first.year, first.month) <= (year, month) <= (last.year, last.month)
        )

    def _choice(self, title: str, *parts: int) -> dict[str, str]:
        return {"link": self._link(*parts), "title": title}

    def _link(self, *parts: int) -> str:
        names = (f"{self.field}__{part}" for part in ("year", "month", "day"))
        chosen = dict(zip(names, parts, strict=False))
        return str(self.change_list.get_query_string(chosen, [f"{self.field}__"]))


def _ends(model: Any, field: str) -> tuple[date | None, date | None]:
    """Return the first and the last day of a table: two reads of an index."""
    rows = model._default_manager.using(conf.database()).exclude(**{field: None})
    times = rows.values_list(field, flat=True)
    first, last = times.order_by(field).first(), times.order_by(f"-{field}").first()
    return _local(first), _local(last)


def _local(moment: datetime | None) -> date | None:
    if moment is None:
        return None
    return (timezone.localtime(moment) if timezone.is_aware(moment) else moment).date()


def _month(year: int, month: int) -> str:
    return str(capfirst(formats.date_format(date(year, month, 1), "YEAR_MONTH_FORMAT")))


def _day(day: date) -> str:
    return str(capfirst(formats.date_format(day, "MONTH_DAY_FORMAT")))


def _number(text: Any) -> int:
    return int(text) if text else 0  # the list has refused what is no number
