"""A project whose settings are unfriendly to webhooks; HOSTILE names in which way."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, MIDDLEWARE, STRIPE_INTEGRATIONS

HOSTILE = os.environ["HOSTILE"]

ROOT_URLCONF = "tests.hostile.urls"
TIME_ZONE = "Europe/Berlin"
STRIPE_INTEGRATIONS = {**STRIPE_INTEGRATIONS, "EVENT_BUS_KEY": "k" * 40}

DATABASES["default"]["TEST"] = {
    **DATABASES["default"].get("TEST", {}),
    "NAME": f"{DATABASES['default']['NAME']}_{HOSTILE}_{os.getpid()}",
    "MIGRATE": False,  # for its speed
}

REST_FRAMEWORK = {
    "throttle": {
        "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle"],
        "DEFAULT_THROTTLE_RATES": {"anon": "2/min"},
    },
    "header_versioning": {
        "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.AcceptHeaderVersioning",
        "DEFAULT_VERSION": None,
        "ALLOWED_VERSIONS": ["2.0"],
    },
    "template_renderer": {
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.TemplateHTMLRenderer"],
    },
    "exception_handler": {"EXCEPTION_HANDLER": "tests.hostile.parts.raising_handler"},
    "no_anonymous_user": {"UNAUTHENTICATED_USER": None, "UNAUTHENTICATED_TOKEN": None},
    "authenticated_only": {
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_AUTHENTICATION_CLASSES": [
            "rest_framework.authentication.SessionAuthentication",
            "rest_framework.authentication.BasicAuthentication",
        ],
    },
    "raising_classes": dict.fromkeys(
        [
            "DEFAULT_AUTHENTICATION_CLASSES",
            "DEFAULT_CONTENT_NEGOTIATION_CLASS",
            "DEFAULT_METADATA_CLASS",
            "DEFAULT_PARSER_CLASSES",
            "DEFAULT_PERMISSION_CLASSES",
            "DEFAULT_RENDERER_CLASSES",
            "DEFAULT_THROTTLE_CLASSES",
            "DEFAULT_VERSIONING_CLASS",
        ],
        "tests.hostile.parts.Raising",
    ),
}.get(HOSTILE, {})

for _name in ("AUTHENTICATION", "PARSER", "PERMISSION", "RENDERER", "THROTTLE"):
    _value = REST_FRAMEWORK.get(f"DEFAULT_{_name}_CLASSES")
    if isinstance(_value, str):
        REST_FRAMEWORK[f"DEFAULT_{_name}_CLASSES"] = [_value]

if HOSTILE == "login_and_csrf":
    MIDDLEWARE = [
        *MIDDLEWARE,
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ]
if HOSTILE == "atomic_requests":
    DATABASES["default"]["ATOMIC_REQUESTS"] = True
if HOSTILE == "no_time_zones":
    USE_TZ = False
if HOSTILE == "read_replica":
    DATABASES["replica"] = {
        **DATABASES["default"],
        "TEST": {**DATABASES["default"]["TEST"]},
    }
    DATABASES["replica"]["TEST"]["NAME"] += "_replica"
    DATABASE_ROUTERS = ["tests.hostile.parts.ReadReplica"]
