"""A project whose customers belong to teams."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, INSTALLED_APPS, STRIPE_INTEGRATIONS

DATABASES["default"]["TEST"] = {
    **DATABASES["default"].get("TEST", {}),
    "NAME": f"{DATABASES['default']['NAME']}_owners_{os.getpid()}",
}
INSTALLED_APPS = [*INSTALLED_APPS, "tests.owners"]
STRIPE_OWNER_MODEL = "owners.Team"
STRIPE_INTEGRATIONS = {**STRIPE_INTEGRATIONS, "USER_METADATA_KEY": "team_id"}
