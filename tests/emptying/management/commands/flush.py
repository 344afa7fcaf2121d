"""What empties the database after each test with `transaction=True`, in place of Django's command.

Django's empties every table, full or not, then inserts content types and permissions again.
"""

import itertools

from django.core.management.commands import flush
from django.db import connections, transaction

#: Migrations fill these, and no test changes them.
KEPT = {"auth_permission", "django_content_type"}


class Command(flush.Command):
    help = "Empties the tables that have rows, except those that migrations fill."

    def handle(self, *, database, **_options):
        connection = connections[database]
        quote = connection.ops.quote_name
        names = sorted(set(connection.introspection.django_table_names()) - KEPT)
        tables = [quote(name) for name in names]
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(f"EXISTS (SELECT 1 FROM {t})" for t in tables))
            filled = itertools.compress(tables, cursor.fetchone())
            with transaction.atomic(database), connection.constraint_checks_disabled():
                for table in filled:
                    cursor.execute(f"DELETE FROM {table}")
