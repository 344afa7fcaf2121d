"""Each installed app's `webhooks` module or package is imported at start-up."""

import sys
import textwrap

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from stripe_integrations.dispatch import discovery, registry

WEBHOOK = """
from stripe_integrations.webhooks import BaseWebhook

class Found(BaseWebhook):
    name = "product.created"

    def process_webhook(self):
        pass
"""


@pytest.fixture
def app(tmp_path, monkeypatch, own_registry, settings):
    """Make a package of the given files, install it, and forget it after the test."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(tmp_path)

    def make(name, **files):
        for path, text in {"__init__": "", **files}.items():
            file = tmp_path / name / f"{path}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text))
        return override_settings(INSTALLED_APPS=[*settings.INSTALLED_APPS, name])

    yield make
    for module in set(sys.modules) - before:
        if module.partition(".")[0].startswith("shop"):
            del sys.modules[module]


def found():
    return [w.__module__ for w in registry.registered() if w.__module__.startswith("shop")]


def test_module_of_an_app_is_found(app):
    with app("shop1", webhooks=WEBHOOK):
        assert found() == ["shop1.webhooks"]


def test_package_is_found_with_its_submodules(app):
    files = {
        "webhooks/__init__": "",
        "webhooks/products": WEBHOOK,
        "webhooks/deep/__init__": WEBHOOK,
        "webhooks/deep/deeper": WEBHOOK,
    }
    with app("shop2", **files):
        assert found() == [
            "shop2.webhooks.deep",
            "shop2.webhooks.deep.deeper",
            "shop2.webhooks.products",
        ]


def test_tests_are_skipped(app):
    bad = "raise AssertionError('imported')"
    files = {
        "webhooks/__init__": "",
        "webhooks/products": WEBHOOK,
        "webhooks/tests": bad,
        "webhooks/test_products": bad,
        "webhooks/deep/__init__": "",
        "webhooks/deep/tests/__init__": bad,
    }
    with app("shop3", **files):
        assert found() == ["shop3.webhooks.products"]


def test_app_without_webhooks_is_left_alone(app):
    with app("shop4", models="", other=WEBHOOK):
        assert found() == []
        assert "shop4.other" not in sys.modules


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("shop5", "import no_such_module_anywhere", "No module named 'no_such_module_anywhere'"),
        ("shop6", "1 / 0", "division by zero"),
        ("shop7", "def (", "invalid syntax"),
        ("shop8", WEBHOOK.replace('"product.created"', '""'), "names no event"),
    ],
)
def test_failing_module_names_the_app(app, name, text, reason):
    installed = app(name, **{"webhooks/__init__": "", "webhooks/products": text})
    with (
        pytest.raises(ImproperlyConfigured, match=rf"of the app '{name}' cannot.*{reason}") as info,
        installed,
    ):
        pytest.fail("the app was set up")
    assert info.value.__cause__ is not None


def test_second_time_registers_nothing_twice(app):
    with app("shop9", webhooks=WEBHOOK):
        discovery.import_webhooks()
        assert found() == ["shop9.webhooks"]
