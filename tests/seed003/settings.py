"""The project of seed 003. SEED_003_API is the address that answers as Stripe's API."""

import os
import sys
from pathlib import Path

# The packages project, payment, payments and app are at the top, as in the seed.
sys.path.insert(0, str(Path(__file__).parent))

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, STRIPE_INTEGRATIONS

# `app` comes first: its classes are registered before any app of Django's is ready.
INSTALLED_APPS = [
    "app",
    "payment",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "rest_framework",
    "stripe_integrations",
]
ROOT_URLCONF = "urls"
STRIPE_EVENT_MODEL = "payment.Event"
STRIPE_INTEGRATIONS = {**STRIPE_INTEGRATIONS, "API_BASE": os.environ.get("SEED_003_API")}
DATABASES["default"].setdefault("TEST", {})["NAME"] = (
    f"{DATABASES['default']['NAME']}_seed003_{os.getpid()}"
)
