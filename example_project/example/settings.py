"""The example project. STRIPE_API_KEY, STRIPE_WEBHOOK_SECRET and DATABASE_URL are read from the
environment; without them it runs on an SQLite file and takes no events."""

import os
from pathlib import Path

import dj_database_url

FOLDER = Path(__file__).resolve().parent.parent

DEBUG = True
SECRET_KEY = "an example: not a secret"
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "stripe_integrations",
    "billing",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

ROOT_URLCONF = "example.urls"
STATIC_URL = "static/"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{FOLDER / 'db.sqlite3'}"
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {"timeout": 20}  # seconds that a writer waits for another
if DATABASES["default"]["ENGINE"].endswith("mysql"):
    DATABASES["default"]["OPTIONS"] = {"charset": "utf8mb4"}

STRIPE_INTEGRATIONS = {
    "API_KEY": os.environ.get("STRIPE_API_KEY"),
    "API_BASE": os.environ.get("STRIPE_API_BASE"),
    "WEBHOOK_SECRET": [
        secret for secret in os.environ.get("STRIPE_WEBHOOK_SECRET", "").split(",") if secret
    ],
}
STRIPE_PRODUCT_MODEL = "billing.Product"
