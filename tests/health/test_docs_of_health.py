"""The page about the health: its alert rules are YAML, and name metrics that there are."""

import re
from pathlib import Path

import yaml

from stripe_integrations.operations import figures, health
from stripe_integrations.prometheus import PREFIX, _counters, _gauges

PAGE = (Path(__file__).parents[2] / "docs/health.rst").read_text()


def metrics():
    """Return each name of a sample -> its labels."""
    found = {}
    for family in (*_counters(figures.Figures()), *_gauges(health.NOTHING)):
        endings = {"counter": ["_total"], "gauge": [""], "histogram": ["_bucket", ""]}[family.type]
        labels = set(getattr(family, "_labelnames", ()))
        found.update({f"{family.name}{ending}": labels for ending in endings})
    return found


def test_alert_rules_name_metrics_and_labels_that_there_are():
    block = re.search(r"\.\. code-block:: yaml\n\n((?:    .*\n|\n)+)", PAGE)[1]
    (group,) = yaml.safe_load(block)["groups"]
    known = metrics()
    for rule in group["rules"]:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["annotations"]["summary"]
        assert all(
            rule["expr"].count(opening) == rule["expr"].count(closing)
            for opening, closing in ("()", "[]", "{}")
        )
        named = re.findall(rf"({PREFIX}\w+)(?:{{(\w+))?", rule["expr"])
        assert named
        for name, label in named:
            assert name in known
            assert not label or label in known[name]
    assert len({rule["alert"] for rule in group["rules"]}) == len(group["rules"])


def test_each_metric_is_documented():
    documented = set(re.findall(rf"^``({PREFIX}\w+)``", PAGE, re.MULTILINE))
    assert documented == {name for name in metrics() if not name.endswith("_bucket")}
