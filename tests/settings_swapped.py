"""The suite's settings with every model swapped."""

from stripe_integrations import conf
from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.swapped"]

globals().update({conf.model_setting(name): f"swapped.{name}" for name in conf.SWAPPABLE})
