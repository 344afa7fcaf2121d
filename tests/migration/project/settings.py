"""A project with dj-stripe, in the database of the tests; it runs in an environment of its own."""

import json
import os

SECRET_KEY = "a project of dj-stripe's"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "djstripe"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
DATABASES = {"default": json.loads(os.environ["DJSTRIPE_DATABASE"])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "tests.migration.project.urls"
USE_TZ = True

DJSTRIPE_FOREIGN_KEY_TO_FIELD = os.environ["DJSTRIPE_TO_FIELD"]
STRIPE_API_HOST = os.environ["DJSTRIPE_API"]
STRIPE_LIVE_MODE = False
STRIPE_TEST_SECRET_KEY = "sk_test_" + 24 * "d"
# The tables are made from the models: they are the same, and dj-stripe's migrations take a minute.
MIGRATION_MODULES = {"auth": None, "contenttypes": None, "djstripe": None}
