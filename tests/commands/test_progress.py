"""The progress bar of the commands."""

import io

import pytest

from stripe_integrations.management.progress_bars import progress_bar, with_progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("stream", "shown"), [(Terminal, True), (io.StringIO, False)])
class TestBar:
    def test_bar_of_items_is_shown_on_a_terminal(self, monkeypatch, stream, shown):
        stderr = stream()
        monkeypatch.setattr("sys.stderr", stderr)
        assert list(with_progress("abc")) == ["a", "b", "c"]
        assert ("." * 75 in stderr.getvalue()) is shown

    @pytest.mark.parametrize("sizes", [[2, 1], [2, 2]])
    def test_bar_of_batches_is_shown_on_a_terminal(self, monkeypatch, stream, shown, sizes):
        """More than was counted may come meanwhile."""
        stderr = stream()
        monkeypatch.setattr("sys.stderr", stderr)
        assert list(progress_bar(sizes, 3)) == sizes
        assert ("." * 75 in stderr.getvalue()) is shown


def test_nothing_to_do(monkeypatch):
    monkeypatch.setattr("sys.stderr", Terminal())
    assert list(with_progress([])) == []
    assert list(progress_bar([], 0)) == []
