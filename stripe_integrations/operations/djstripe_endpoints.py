"""dj-stripe's webhook endpoints: their uuids and secrets, so that their URLs go on working."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from stripe_integrations import conf, kinds, transactions
from stripe_integrations.choices import ValidationMethod
from stripe_integrations.endpoint_urls import parsed_uuid
from stripe_integrations.mirror import rows
from stripe_integrations.operations import foreign_tables
from stripe_integrations.operations.djstripe_accounts import OWNER, Owners
from stripe_integrations.operations.foreign_tables import ForeignTable, Row
from stripe_integrations.operations.import_steps import ImportedBatch
from stripe_integrations.operations.stored_objects import (
    Outcomes,
    StoredObject,
    insert_absent,
)

if TYPE_CHECKING:
    from stripe_integrations.models import WebhookEndpoint

#: The name of the secrets that come from dj-stripe.
SECRET = "dj-stripe"  # noqa: S105 - a name
NO_SECRET = "without a secret: its requests are refused until it has one"  # noqa: S105 - a reason

#: What Stripe says of an endpoint, by columns of dj-stripe's.
STATED = ("api_version", "application", "enabled_events", "status", "url")
COLUMNS = (
    *("id", "stripe_data", "livemode", "secret", "djstripe_uuid", "djstripe_tolerance"),
    *("djstripe_validation_method", OWNER, *STATED),
)


def import_endpoints(table: ForeignTable, *, owners: Owners) -> Iterator[ImportedBatch]:
    """Import a table of endpoints with their secrets, one batch after the other."""
    for batch in table.batches("djstripe_id", COLUMNS):

        def work(batch: Sequence[Row] = batch) -> Outcomes:
            return sum((_import(row, owners) for row in batch), Counter[str]())

        outcomes = transactions.run_atomic(work, conf.database())
        yield ImportedBatch(len(batch), str(batch[-1]["id"]), outcomes)


def _import(row: Row, owners: Owners) -> Outcomes:
    kind, account = kinds.WEBHOOK_ENDPOINT, owners.account(row[OWNER])
    livemode = None if row["livemode"] is None else bool(row["livemode"])
    key = rows.pk_or_none(kind, row["id"], account)
    is_there = key is not None and rows.of_kind(kind).filter(pk=key).exists()
    outcomes = insert_absent([StoredObject(kind, _data(row), account, livemode)])
    known = rows.of_kind(kind).filter(pk=key, account=account)
    if not is_there:
        known.update(**_own_columns(row))
    endpoint = known.first()
    if endpoint is not None and not _add_secret(endpoint, row["secret"]):
        outcomes[NO_SECRET] += 1
    return outcomes


def _data(row: Row) -> dict[str, Any]:
    """Return an endpoint as Stripe shows it: what it said, else what the columns say."""
    said = foreign_tables.from_json(row["stripe_data"])
    stated = {name: row[name] for name in STATED if row[name] not in (None, "")}
    stated["enabled_events"] = foreign_tables.from_json(row["enabled_events"]) or []
    known = {"id": row["id"], "object": kinds.WEBHOOK_ENDPOINT.object, **stated}
    return {**known, **said} if isinstance(said, dict) else known


def _own_columns(row: Row) -> dict[str, Any]:
    """Return the columns that Stripe knows nothing of."""
    method = row["djstripe_validation_method"]
    tolerance = row["djstripe_tolerance"]
    return {
        "uuid": parsed_uuid(str(row["djstripe_uuid"])),
        # dj-stripe's help text says milliseconds; it takes them as seconds, as the SDK does.
        "tolerance": conf.get("WEBHOOK_TOLERANCE") if tolerance is None else tolerance,
        "validation_method": method
        if method in ValidationMethod.values
        else ValidationMethod.VERIFY_SIGNATURE,
    }


def _add_secret(endpoint: WebhookEndpoint, value: Any) -> bool:
    """Give an endpoint its secret, if it has not got it; tell whether it has one."""
    secrets = conf.model("WebhookSecret").objects.using(conf.database())
    own = secrets.filter(webhook_endpoint=endpoint)
    if value and value not in own.values_list("value", flat=True):
        secrets.get_or_create(webhook_endpoint=endpoint, name=SECRET, defaults={"value": value})
    return bool(value) or own.exists()
