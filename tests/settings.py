"""Settings of the test suite. DATABASE_URL picks the database; without it, an SQLite file."""

import os
import tempfile

import dj_database_url

SECRET_KEY = "tests"
# A file, since threads cannot have connections of their own to a database in memory.
SQLITE = f"sqlite:///{tempfile.gettempdir()}/stripe_integrations_{os.getpid()}.sqlite3"

DATABASES = {"default": dj_database_url.parse(os.environ.get("DATABASE_URL", SQLITE))}
DATABASES["default"]["CONN_MAX_AGE"] = None  # a thread of the test server keeps its connection
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": f"{DATABASES['default']['NAME']}-test"}
    # What a crash of the machine would lose, no test misses: here, and below.
    DATABASES["default"]["OPTIONS"] = {"timeout": 30, "init_command": "PRAGMA synchronous=OFF"}
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"]["OPTIONS"] = {"options": "-c synchronous_commit=off"}
if DATABASES["default"]["ENGINE"].endswith("mysql"):
    DATABASES["default"]["OPTIONS"] = {"charset": "utf8mb4"}
    DATABASES["default"]["TEST"] = {"CHARSET": "utf8mb4"}
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "rest_framework",
    "stripe_integrations",
    "tests.emptying",
    "tests.fkapp",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # for its speed
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
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
ROOT_URLCONF = "tests.urls"
STATIC_URL = "static/"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STRIPE_INTEGRATIONS = {
    "API_KEY": "sk_test_123",
    # Nobody answers there: a test that wants Stripe's API starts one.
    "API_BASE": "http://127.0.0.1:9",
    "WEBHOOK_SECRET": "whsec_test",
}
