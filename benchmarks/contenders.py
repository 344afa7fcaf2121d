"""What is compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
SECRET = "whsec_bench"


@dataclass(frozen=True)
class Contender:
    """A project, and where it keeps what it is sent.

    `objects` are the tables of the kinds of objects, by Stripe's name; `data` is their column of
    the whole object. `done` is what holds for an event that is done, and `extra` are the tables
    that hold a row for each request, with what holds for a request that is done.
    """

    name: str
    project: str
    path: str
    events: str
    objects: dict[str, str]
    data: str
    done: str = "true"
    extra: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    #: A slow one is sent only this part of a round, so that rounds stay near each other in time.
    one_in: int = 1

    @property
    def database(self) -> str:
        return "bench_" + self.name.replace("-", "").replace(", ", "_")

    @property
    def python(self) -> Path:
        return FOLDER / ".venvs" / self.project / "bin" / "python"


def _tables(app: str) -> dict[str, str]:
    kinds = ("coupon", "customer", "price", "product", "subscription")
    return {kind: f"{app}_{kind}" for kind in kinds}


def _ours(recorded: str, extra: dict[str, str]) -> Contender:
    return Contender(
        name=f"ours, {recorded}",
        project="ours",
        path="/stripe/webhook",
        events="stripe_integrations_event",
        objects=_tables("stripe_integrations"),
        data="stripe_data",
        done="status = 'processed'",
        extra=extra,
        environment={"BENCH_RECORD_TRIGGERS": recorded},
    )


FLOOR = Contender(
    name="floor",
    project="floor",
    path="/stripe/webhook",
    events="floor_event",
    objects=dict.fromkeys(_tables(""), "floor_object"),
    data="data",
)
OURS_REFUSED = _ours("refused", {})
OURS_ALL = _ours("all", {"stripe_integrations_webhookeventtrigger": "valid AND processed"})
DJSTRIPE = Contender(
    name="dj-stripe",
    project="djstripe",
    path="/stripe/webhook/00000000-0000-4000-8000-000000000000/",
    events="djstripe_event",
    objects=_tables("djstripe"),
    data="stripe_data",
    extra={"djstripe_webhookeventtrigger": "valid AND processed"},
    one_in=8,
)
ALL = (FLOOR, OURS_REFUSED, OURS_ALL, DJSTRIPE)
