import json
import os
import tempfile

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from stripe_integrations import conf
from stripe_integrations.testing import FakeStripe
from tests.faults import processes, stories

collect_ignore = ["test_database_cut.py"] if "DATABASE_URL" not in os.environ else []

#: How often the server and the workers are killed.
KILLS = int(os.environ.get("KILLS", "5"))


@pytest.fixture
def kills():
    return KILLS


@pytest.fixture
def api():
    with FakeStripe() as fake:
        yield fake


@pytest.fixture
def environment(transactional_db, api):
    """What the processes need to know."""
    given = connection.settings_dict
    database = {key: given[key] for key in ("NAME", "HOST", "PORT", "USER", "PASSWORD")}
    return {
        "DJANGO_SETTINGS_MODULE": "tests.faults.project",
        "FAULTS_DATABASE": json.dumps(database, default=str),
        "FAULTS_STRIPE": api.url,
    }


@pytest.fixture
def start(environment):
    """Start processes that end with the test; show what they logged if it fails."""
    started = []
    with tempfile.TemporaryFile("w+") as log:

        def run(make, **more):
            process = make({**environment, **more}, log)
            started.append(process)
            process.start()
            return process

        yield run
        for process in started:
            process.kill()
        log.seek(0)
        print(log.read()[-5000:])


@pytest.fixture
def server(start):
    return start(processes.server)


@pytest.fixture
def assert_converged(api):
    """Check that each of these events took effect once, and the mirror is Stripe's state."""

    def check(messages):
        events = conf.model("Event").objects
        assert set(events.exclude(status="processed").values_list("pk", "status", "error")) == set()
        assert events.count() == len(messages)
        effects = [
            name.split()[0] for name in get_user_model().objects.values_list("username", flat=True)
        ]
        assert sorted(effects) == sorted(message["id"] for message in messages)
        assert stories.differences(api) == []

    return check
