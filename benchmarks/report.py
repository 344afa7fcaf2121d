"""The tables that are printed."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Round:
    """What one contender did in one round."""

    per_second: float
    latencies: list[float]
    cpu: float
    api_calls: float

    def percentile(self, percent: int) -> float:
        """Return a latency in milliseconds."""
        return quantiles(self.latencies, n=100)[percent - 1] * 1000


@dataclass(frozen=True)
class Counted:
    """What one contender says to the database, per event."""

    statements: float
    round_trips: float


HEADINGS = ("", "per second", "lowest", "highest", "p50 ms", "p95 ms", "p99 ms", "CPU ms")
HEADINGS += ("statements", "round trips", "API calls")


def results(rounds: dict[str, list[Round]], counted: dict[str, Counted]) -> str:
    """Return a line for each contender: medians of its rounds."""
    lines = [HEADINGS]
    for name, measured in rounds.items():
        speeds = [each.per_second for each in measured]
        latencies = [median(each.percentile(p) for each in measured) for p in (50, 95, 99)]
        lines.append(
            (
                name,
                *(f"{speed:.0f}" for speed in (median(speeds), min(speeds), max(speeds))),
                *(f"{latency:.1f}" for latency in latencies),
                f"{median(each.cpu for each in measured) * 1000:.2f}",
                f"{counted[name].statements:.2f}",
                f"{counted[name].round_trips:.2f}",
                f"{median(each.api_calls for each in measured):.2f}",
            )
        )
    return _table(lines)


def ratios(rounds: dict[str, list[Round]], ours: list[str], others: list[str]) -> str:
    """Return how ours stands to each other one: medians of the rounds' own ratios."""
    lines = [("", "deliveries", "CPU")]
    for name in ours:
        for other in others:
            pairs = list(zip(rounds[name], rounds[other], strict=True))
            faster = median(a.per_second / b.per_second for a, b in pairs)
            cpu = median(a.cpu / b.cpu for a, b in pairs)
            lines.append((f"{name} / {other}", f"{faster:.2f}", f"{cpu:.2f}"))
    return _table(lines)


def sizes(measured: dict[str, list[tuple[str, int, float]]]) -> str:
    """Return how much room a row takes."""
    lines = [("", "rows", "bytes per row")]
    lines += [
        (f"{name}: {what}", str(rows), f"{size:.0f}")
        for name, found in measured.items()
        for what, rows, size in found
    ]
    return _table(lines)


def _table(lines: list[tuple[str, ...]]) -> str:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )
