"""Settings of the server and the workers that are killed: the database of the running test."""

import json
import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, INSTALLED_APPS, STRIPE_INTEGRATIONS

DATABASES["default"].update(json.loads(os.environ["FAULTS_DATABASE"]))
INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.counting"]
ALLOWED_HOSTS = ["127.0.0.1"]
STRIPE_INTEGRATIONS = {
    **STRIPE_INTEGRATIONS,
    "API_BASE": os.environ["FAULTS_STRIPE"],
    "SYNC_RATE": float(os.environ.get("FAULTS_RATE", "0")) or None,
    "QUEUE": os.environ.get("FAULTS_QUEUE") or None,
}
