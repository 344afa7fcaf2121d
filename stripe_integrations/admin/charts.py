"""Pictures as SVG: where their parts lie. Templates draw them, and the style sheet colours them.

Coordinates are text, since a template would write numbers as the language does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

#: The place of the axes in a picture, of `0 0 WIDTH HEIGHT`.
WIDTH, HEIGHT = 720, 200
LEFT, RIGHT, TOP, BOTTOM = 60, 712, 10, 170
#: Times that are written below the axis.
TIMES = 5
#: The scale of a delay: seconds and how they are written; equal ratios are equally far apart.
DELAYS = ((1, "1 s"), (10, "10 s"), (60, "1 min"), (600, "10 min"), (3600, "1 h"), (86_400, "1 d"))


@dataclass(frozen=True)
class Series:
    """Values over time, None where there is none; `mark` is the class of pattern or line."""

    name: str
    mark: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Shape:
    """A bar, or the marker of a point; its title has the figure in words."""

    x: str
    y: str
    width: str
    height: str
    mark: str
    title: str


@dataclass(frozen=True)
class Line:
    """Points that are joined, as SVG's `points` has them."""

    points: str
    mark: str


@dataclass(frozen=True)
class Tick:
    """A mark on an axis."""

    place: str
    text: str


@dataclass
class Chart:
    """A picture, with the table of its figures."""

    name: str
    title: str
    description: str
    series: Sequence[Series]
    times: Sequence[str]
    #: Writes a figure as people do.
    write: Callable[[float], str]
    shapes: list[Shape] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    y_ticks: list[Tick] = field(default_factory=list)

    @property
    def x_ticks(self) -> list[Tick]:
        """The times below the axis."""
        step = max(1, len(self.times) // TIMES)
        return [
            Tick(_text(self._x(place)), self.times[place])
            for place in range(0, len(self.times), step)
        ]

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The table: each time that has a figure, and the figure of each series."""
        found = []
        for place, time in enumerate(self.times):
            values = [each.values[place] for each in self.series]
            if any(values):
                found.append((time, [self.written(value) for value in values]))
        return found

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to be seen."""
        return not self.rows

    def written(self, value: float | None) -> str:
        """Return a figure as people write it, a dash for none."""
        return "–" if value is None else self.write(value)

    def _x(self, place: float) -> float:
        return LEFT + (RIGHT - LEFT) * place / len(self.times)


def bars(chart: Chart) -> Chart:
    """Draw the series as bars, one upon the other."""
    sums = [sum(values) for values in zip(*_filled(chart), strict=True)]
    top = _round_up(max(sums, default=0))
    chart.y_ticks = [
        Tick(_text(_height(share)), plain_number(top * share)) for share in (0, 0.5, 1)
    ]
    below = [0.0] * len(chart.times)
    width = chart._x(1) - chart._x(0)
    for each, values in zip(chart.series, _filled(chart), strict=True):
        for place, value in enumerate(values):
            if value:
                y = _height((below[place] + value) / top)
                shape = Shape(
                    _text(chart._x(place) + width * 0.1),
                    _text(y),
                    _text(width * 0.8),
                    _text(_height(below[place] / top) - y),
                    each.mark,
                    f"{chart.times[place]}: {chart.written(value)} {each.name}",
                )
                chart.shapes.append(shape)
                below[place] += value
    return chart


def delays(chart: Chart) -> Chart:
    """Draw the series as lines with a marker at each value; the scale is logarithmic."""
    highest = math.log(DELAYS[-1][0] + 1)
    chart.y_ticks = [
        Tick(_text(_height(math.log(each + 1) / highest)), text) for each, text in DELAYS
    ]
    for each in chart.series:
        joined: list[str] = []
        for place, value in enumerate([*each.values, None]):
            if value is None:
                if joined:
                    chart.lines.append(Line(" ".join(joined), each.mark))
                joined = []
                continue
            x, y = chart._x(place + 0.5), _height(min(1, math.log(value + 1) / highest))
            joined.append(f"{_text(x)},{_text(y)}")
            told = f"{chart.times[place]}: {chart.written(value)} {each.name}"
            chart.shapes.append(Shape(_text(x - 2), _text(y - 2), "4", "4", each.mark, told))
    return chart


def plain_number(value: float) -> str:
    """Return a number with three digits, or all of those before the point."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def ranking(counts: dict[Any, int]) -> list[tuple[Any, int, str]]:
    """Return what was counted, with its count and the length of its bar, 100 for the highest."""
    highest = max(counts.values(), default=0) or 1
    return [(label, count, _text(100 * count / highest)) for label, count in counts.items()]


def _filled(chart: Chart) -> list[list[float]]:
    return [[value or 0.0 for value in each.values] for each in chart.series]


def _height(share: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * share


def _round_up(value: float) -> float:
    """Return the next number that an axis may end with: 1, 2 or 5 and zeros."""
    if value <= 0:
        return 1
    size: float = 10 ** math.floor(math.log10(value))
    return next(step * size for step in (1, 2, 5, 10) if step * size >= value)


def _text(number: float) -> str:
    return f"{number:.1f}"
