"""Settings that all three projects share; DATABASE_URL says where the database is."""

import os
from urllib.parse import unquote, urlsplit

_database = urlsplit(os.environ["DATABASE_URL"])

DEBUG = False
SECRET_KEY = "a benchmark: not a secret"
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "rest_framework"]
# It adds the Content-Length, which keeps a connection open.
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.path.lstrip("/"),
        "HOST": _database.hostname,
        "PORT": _database.port,
        "USER": unquote(_database.username or ""),
        "PASSWORD": unquote(_database.password or ""),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # The proxy that counts cannot read what is encrypted; and it is the same for all.
            "sslmode": "disable",
            # No pooler is between: statements are prepared, as docs/deployment.rst recommends.
            "server_side_binding": True,
            "prepare_threshold": 5,
        },
    }
}
