import io

import pytest
from django.core.management import call_command

from tests.importing.djstripe_tables import djstripe_tables


@pytest.fixture
def tables(transactional_db):
    """dj-stripe's tables, empty."""
    with djstripe_tables() as made:
        yield made


@pytest.fixture
def import_djstripe():
    """Run the command, and return what it prints."""

    def run(*args, **options):
        out = io.StringIO()
        call_command("stripe_import_djstripe", *args, stdout=out, **options)
        return out.getvalue()

    return run
