import os

from benchmarks.projects.base import *  # noqa: F403
from benchmarks.projects.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "djstripe"]
ROOT_URLCONF = "benchmarks.projects.djstripe.urls"
DJSTRIPE_FOREIGN_KEY_TO_FIELD = "id"
STRIPE_LIVE_MODE = False
STRIPE_TEST_SECRET_KEY = "sk_test_" + 24 * "b"
STRIPE_API_HOST = os.environ["BENCH_API"]
# The tables are made from the models: they are the same, and dj-stripe's migrations take a minute.
MIGRATION_MODULES = {"auth": None, "contenttypes": None, "djstripe": None}
