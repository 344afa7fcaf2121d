"""Make the tables."""

import django
from django.db import connection

django.setup()
with connection.cursor() as cursor:
    cursor.execute(
        """
        CREATE TABLE floor_event (
            id text PRIMARY KEY, kind text NOT NULL, created bigint NOT NULL, body text NOT NULL
        );
        CREATE TABLE floor_object (
            id text PRIMARY KEY, kind text NOT NULL, as_of bigint NOT NULL, data jsonb NOT NULL
        );
        """
    )
