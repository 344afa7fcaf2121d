"""The workflow of a hosted runner does what `.ci/run` does, with the same servers and Pythons."""

import re

import yaml

from tests.test_docs import ROOT


def test_workflow_runs_ci_with_its_servers_and_pythons():
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    job = workflow["jobs"]["ci"]
    assert job["steps"][-1] == {"run": "bash .ci/run"}

    published = [service["ports"] for service in job["services"].values()]
    wanted = re.findall(r'"127\.0\.0\.1", (\d+)\)', (ROOT / ".ci/run").read_text())
    assert sorted(published) == sorted([f"{port}:{port}"] for port in wanted)

    pythons = [step["with"]["python-version"] for step in job["steps"] if "with" in step]
    corners = re.findall(r'session\(python="([\d.]+)"\)', (ROOT / "noxfile.py").read_text())
    assert pythons[0].split() == sorted(set(corners), key=lambda each: each.split("."))
