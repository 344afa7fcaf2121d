"""dj-stripe's tables, made by hand: the columns that an import reads, and no more."""

import json
from contextlib import contextmanager

from django.contrib.auth import get_user_model
from django.db import connection

TYPES = {
    "postgresql": {"json": "jsonb", "uuid": "uuid", "time": "timestamp with time zone"},
    "mysql": {"json": "longtext", "uuid": "char(32)", "time": "datetime(6)"},
    "sqlite": {"json": "text", "uuid": "char(32)", "time": "datetime"},
}
OBJECT = {
    "djstripe_id": "bigint PRIMARY KEY",
    "id": "varchar(255) NOT NULL UNIQUE",
    "stripe_data": "json",
    "livemode": "boolean NULL",
    "djstripe_owner_account_id": "varchar(255) NULL",
}
EVENT = {
    "type": "varchar(250) NOT NULL",
    "data": "json",
    "api_version": "varchar(64) NOT NULL",
    "created": "time NULL",
    "request_id": "varchar(50) NOT NULL",
    "idempotency_key": "text",
}
ENDPOINT = {
    "secret": "varchar(256) NOT NULL",
    "url": "varchar(2048) NOT NULL",
    "status": "varchar(255) NOT NULL",
    "api_version": "varchar(64) NOT NULL",
    "enabled_events": "json",
    "application": "varchar(255) NOT NULL",
    "djstripe_uuid": "uuid NOT NULL",
    "djstripe_tolerance": "smallint NOT NULL",
    "djstripe_validation_method": "varchar(255) NOT NULL",
}
MORE = {
    "event": EVENT,
    "webhookendpoint": ENDPOINT,
    "customer": {"subscriber_id": "key NULL", "date_purged": "time NULL"},
    "apikey": {"type": "varchar(255) NOT NULL"},
}
NAMES = (
    *("account", "apikey", "countryspec", "customer", "event", "product", "subscription"),
    *("subscriptionitem", "webhookendpoint"),
)


class Tables:
    """Tables of dj-stripe's that are filled by a test."""

    def __init__(self, subscribers=None):
        self.subscribers = subscribers or get_user_model()._meta.db_table
        self.count = 0

    def make(self, name, columns=None):
        columns = {**OBJECT, **MORE.get(name, {})} if columns is None else columns
        if name == "countryspec":
            columns = {"id": "varchar(2) PRIMARY KEY", "stripe_data": "json"}
        own = TYPES[connection.vendor]
        key = get_user_model()._meta.pk.rel_db_type(connection)
        listed = []
        for column, definition in columns.items():
            kind, _, rest = definition.partition(" ")
            kind = {**own, "key": key}.get(kind, kind)
            listed.append(f"{quoted(column)} {kind} {rest}")
        if "subscriber_id" in columns:
            target = get_user_model()._meta.pk.column if self.subscribers else ""
            listed.append(f"FOREIGN KEY (subscriber_id) REFERENCES {self.subscribers} ({target})")
        execute(f"CREATE TABLE djstripe_{name} ({', '.join(listed)})")

    def add(self, name, data, owner=None, /, **columns):
        """Insert a row for an object, or with the columns that are given."""
        self.count += 1
        row = {
            "djstripe_id": self.count,
            "id": data.get("id", f"nothing_{self.count}"),
            "stripe_data": json.dumps(data),
            "livemode": data.get("livemode", False),
            "djstripe_owner_account_id": owner,
            **columns,
        }
        names = ", ".join(map(quoted, row))
        places = ", ".join(["%s"] * len(row))
        execute(f"INSERT INTO djstripe_{name} ({names}) VALUES ({places})", list(row.values()))

    def event(self, message, owner=None, **columns):
        self.add(
            "event",
            message,
            owner,
            **{
                "type": message["type"],
                "data": json.dumps(message["data"]),
                "api_version": message["api_version"],
                "request_id": "",
                "idempotency_key": "",
                **columns,
            },
        )

    def endpoint(self, id, uuid, *, secret="whsec_old", owner=None, data=None, **columns):
        url = f"https://example.com/stripe/webhook/{uuid}/"
        self.add(
            "webhookendpoint",
            {"id": id, "object": "webhook_endpoint", "url": url, **(data or {})},
            owner,
            **{
                "secret": secret,
                "url": url,
                "status": "enabled",
                "api_version": "2020-08-27",
                "enabled_events": '["*"]',
                "application": "",
                "djstripe_uuid": str(uuid) if connection.vendor == "postgresql" else uuid.hex,
                "djstripe_tolerance": 600,
                "djstripe_validation_method": "verify_signature",
                **columns,
            },
        )


@contextmanager
def djstripe_tables(names=NAMES, **kwargs):
    """Make the tables, and drop them in the end."""
    tables = Tables(**kwargs)
    try:
        for name in names:
            tables.make(name)
        yield tables
    finally:
        for name in NAMES:
            execute(f"DROP TABLE IF EXISTS djstripe_{name}")


def quoted(name):
    return connection.ops.quote_name(name)


def execute(statement, params=None):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
