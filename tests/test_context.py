"""What holds within a block is in one context variable."""

from contextvars import copy_context
from pathlib import Path

import stripe_integrations
from stripe_integrations import api_calls, context

PACKAGE = Path(stripe_integrations.__file__).parent


def test_package_has_one_context_variable():
    assert [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if "ContextVar(" in path.read_text("utf-8")
    ] == ["context.py"]


def test_block_changes_what_it_names_only_and_until_its_end():
    with api_calls.with_key("sk_test_1"), api_calls.within(5):
        held = context.current()
        assert held.authorization is not None
        assert held.deadline is not None
        with context.holding(attempt="mine"):
            assert context.current().attempt == "mine"
            assert context.current().deadline == held.deadline
        assert context.current() == held
    assert context.current() is context.OUTSIDE


def test_key_is_not_shown_by_what_holds():
    with api_calls.with_key("sk_test_secret"):
        assert "sk_test_secret" not in repr(context.current())
        assert "sk_test_secret" not in repr(copy_context().items())
