"""How long `migrate` of an empty database takes, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from django.db.migrations import CreateModel
from django.db.migrations.loader import MigrationLoader

#: Seconds that it may take.
MOST = 3

MIGRATE = """
import time
import django
from django.core.management import call_command

django.setup()
begun = time.process_time()
call_command("migrate", verbosity=0)
print(time.process_time() - begun)
"""


def test_migrate_of_an_empty_database_takes_less_than_three_seconds(tmp_path, summary):
    taken = subprocess.run(
        [sys.executable, "-c", MIGRATE],
        env={**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3"},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        check=True,
        text=True,
    )
    seconds = float(taken.stdout)
    summary(f"migrate of an empty SQLite database: {seconds:.1f} s of CPU")
    assert seconds < MOST


def test_migrations_do_no_more_than_create_models():
    loader = MigrationLoader(None)
    operations = loader.disk_migrations["stripe_integrations", "0001_initial"].operations
    assert {type(each) for each in operations} == {CreateModel}
