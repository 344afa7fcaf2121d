"""The progress bar of the commands."""

import io

import pytest

from stripe_integrations.management.progress import with_progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("stream", "shown"), [(Terminal, True), (io.StringIO, False)])
def test_bar_is_for_terminals(monkeypatch, stream, shown):
    stderr = stream()
    monkeypatch.setattr("sys.stderr", stderr)
    assert list(with_progress("abc")) == ["a", "b", "c"]
    assert ("." * 75 in stderr.getvalue()) is shown


def test_nothing_to_do(monkeypatch):
    monkeypatch.setattr("sys.stderr", Terminal())
    assert list(with_progress([])) == []
