"""Chromium, logged in to the admin of a live server."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from selenium import webdriver

import stripe_integrations
from tests.browser.walker import Walker
from tests.conftest import _summary


@pytest.fixture(scope="session")
def chromium():
    """The browser; a run without one fails."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome") or ""
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--window-size=1280,1000",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def screenshots():
    """The directory that SCREENSHOTS names, else a new one, which a run tells at its end."""
    directory = os.environ.get("SCREENSHOTS") or tempfile.mkdtemp(prefix="screenshots-")
    Path(directory).mkdir(parents=True, exist_ok=True)
    _summary.append(f"Screenshots are in {directory}")
    return Path(directory)


@pytest.fixture
def pictures(chromium):
    """What saves the top of the page into the directory that PICTURES names, if it is set."""
    directory = os.environ.get("PICTURES")

    def save(name):
        if directory:
            path = Path(directory) / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            chromium.save_screenshot(str(path))
            assert path.stat().st_size < 150_000, f"{path} is too large for the documentation"

    return save


@pytest.fixture(scope="session")
def static_root(tmp_path_factory):
    """A directory with the static files of the admin and of the package."""
    root = tmp_path_factory.mktemp("static")
    for package in (admin, stripe_integrations):
        for files in (Path(package.__file__).parent / "static").iterdir():
            (root / files.name).symlink_to(files)
    return root


def strict_policy(get_response):
    """Allow the browser what comes in files of the site, and nothing that is inline."""

    def add_header(request):
        response = get_response(request)
        response["Content-Security-Policy"] = "default-src 'self'; img-src 'self' data:"
        return response

    return add_header


@pytest.fixture
def walker(chromium, live_server, static_root, screenshots, settings):
    """A superuser in front of the browser, who finds no error in its console."""
    settings.STATIC_ROOT = str(static_root)  # the live server serves static files from there
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.strict_policy"]
    get_user_model().objects.create_superuser("ada", "ada@example.com", "opensesame")
    walker = Walker(chromium, live_server.url, screenshots)
    walker.log_in("ada", "opensesame")
    yield walker
    chromium.delete_all_cookies()
    assert walker.console_errors() == []
