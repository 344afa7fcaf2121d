"""A project that keeps Stripe's tables, and its users, in another database than its own ones."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, INSTALLED_APPS

_test = {**DATABASES["default"].get("TEST", {})}
_name = DATABASES["default"]["NAME"]
for _alias in ("default", "stripe"):
    DATABASES[_alias] = {
        **DATABASES["default"],
        "NAME": f"{_name}_{_alias}",
        "TEST": {**_test, "NAME": f"{_name}_two_{os.getpid()}_{_alias}"},
    }
DATABASE_ROUTERS = ["tests.two_databases.routers.StripeApart"]
# Their foreign keys would lead from one database to the other.
INSTALLED_APPS = [
    app for app in INSTALLED_APPS if app not in ("django.contrib.admin", "tests.fkapp")
]
