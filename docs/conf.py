"""The documentation's build: `make docs`."""

import sys
from pathlib import Path

import django
from django.conf import settings

from stripe_integrations import __version__

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

# The tables of the reference are made from the models and the registered classes.
settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "stripe_integrations"]
)
django.setup()

project = "stripe_integrations"
author = "The stripe_integrations contributors"
copyright = author  # noqa: A001 - Sphinx's name
version = release = __version__

extensions = ["reference"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"{project} {release}"
nitpicky = True
# Where the project of the tutorial answers.
linkcheck_ignore = [r"http://127\.0\.0\.1:\d+/.*"]
