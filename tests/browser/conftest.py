"""Chromium, logged in to the admin of a live server."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from selenium import webdriver

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
def walker(chromium, live_server, screenshots, settings):
    """A superuser in front of the browser, who finds no error in its console."""
    # The live server serves static files from there; those of the admin are all there are.
    settings.STATIC_ROOT = str(Path(admin.__file__).parent / "static")
    get_user_model().objects.create_superuser("ada", "ada@example.com", "opensesame")
    walker = Walker(chromium, live_server.url, screenshots)
    walker.log_in("ada", "opensesame")
    yield walker
    chromium.delete_all_cookies()
    errors = [line for line in chromium.get_log("browser") if line["level"] == "SEVERE"]
    # The browser asks every site for this picture, and the tests' has none.
    assert [line for line in errors if "/favicon.ico" not in line["message"]] == []
