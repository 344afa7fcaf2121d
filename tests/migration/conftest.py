import json
import os
import subprocess
from pathlib import Path

import pytest
from django.db import connection

from stripe_integrations import client
from tests.importing.djstripe_tables import execute, quoted
from tests.migration.expanding import ExpandingStripe

ROOT = Path(__file__).parents[2]
#: The environment of dj-stripe, which `make test-djstripe` makes.
PYTHON = ROOT / "benchmarks" / ".venvs" / "djstripe" / "bin" / "python"
SETTINGS = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")


@pytest.fixture
def stripe_api(settings):
    """A Stripe that expands objects, and the settings that lead to it."""
    with ExpandingStripe() as fake:
        client.forget_connections()
        given = settings.STRIPE_INTEGRATIONS
        settings.STRIPE_INTEGRATIONS = {**given, "API_BASE": fake.url}
        yield fake


@pytest.fixture
def run_djstripe(request, transactional_db, stripe_api):
    """Let dj-stripe fill its tables in this database; they are dropped in the end."""

    def run(told):
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.migration.project.settings",
            "DJSTRIPE_API": stripe_api.url,
            "DJSTRIPE_DATABASE": json.dumps({k: connection.settings_dict[k] for k in SETTINGS}),
            "DJSTRIPE_TO_FIELD": getattr(request, "param", "id"),
        }
        command = [str(PYTHON), "-m", "tests.migration.project.fill"]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            input=json.dumps(told),
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    yield run
    drop_tables()


def drop_tables():
    """Drop dj-stripe's tables, which refer to each other."""
    names = [
        name for name in connection.introspection.table_names() if name.startswith("djstripe_")
    ]
    if connection.vendor == "postgresql":
        execute(f"DROP TABLE {', '.join(map(quoted, names))} CASCADE")
        return
    with connection.constraint_checks_disabled():
        for name in names:
            execute(f"DROP TABLE {quoted(name)}")
