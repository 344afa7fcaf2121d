"""The values of columns and settings that have a fixed set of them."""

from __future__ import annotations

from django.db import models


class EventStatus(models.TextChoices):
    """How far an event has come."""

    RECEIVED = "received", "received: some class has not run yet"
    PROCESSED = "processed", "processed: every class is done"
    FAILED = "failed", "failed: some class raised"
    IGNORED = "ignored", "ignored: it is of the other mode, live or test"


class Verb(models.TextChoices):
    """The last word of an event's type, where the ordering looks at it."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


class OpenState(models.TextChoices):
    """What `EventQuerySet.in_states` takes: which events are to be run again."""

    FAILED = EventStatus.FAILED.value
    STUCK = "stuck", "stuck: its worker is taken for dead"
    IGNORED = EventStatus.IGNORED.value


class RunMark(models.TextChoices):
    """What an event's `runs` say of a webhook class."""

    DONE = "done"
    FAILED = "failed"


class ValidationMethod(models.TextChoices):
    """How an endpoint finds out whether a request comes from Stripe."""

    VERIFY_SIGNATURE = "verify_signature", "verify the signature"
    RETRIEVE_EVENT = "retrieve_event", "read the event from Stripe's API"
    NONE = "none", "believe everybody (with DEBUG only)"


class RefusalReason(models.TextChoices):
    """Why a request was refused, or could not be processed."""

    DISABLED_ENDPOINT = "disabled_endpoint"
    ERROR = "error"
    EXPIRED_SECRET = "expired_secret"  # noqa: S105 - a reason
    FUTURE = "future"
    MALFORMED = "malformed"
    NO_HEADER = "no_header"
    NO_MATCH = "no_match"
    NO_SECRET = "no_secret"  # noqa: S105 - a reason
    NO_V1 = "no_v1"
    NOT_CONFIRMED = "not_confirmed"
    PAYLOAD = "payload"
    TOO_LARGE = "too_large"
    TOO_OLD = "too_old"
    UNKNOWN_ENDPOINT = "unknown_endpoint"
    UNSAFE_METHOD = "unsafe_method"
    WRONG_ACCOUNT = "wrong_account"
    WRONG_MODE = "wrong_mode"


class RecordTriggers(models.TextChoices):
    """Which requests are kept as rows: the values of `RECORD_TRIGGERS`."""

    ALL = "all"
    REFUSED = "refused"
    NONE = "none"


class SyncPolicy(models.TextChoices):
    """When the API is read for an object of a kind: the values of `SYNC_POLICY`."""

    AUTO = "auto", "when in doubt"
    FETCH = "fetch", "for each event"
    PAYLOAD = "payload", "never"


class Counted(models.TextChoices):
    """What is counted for the health of an installation: the values of `HealthCount.name`."""

    EVENTS = "events", "deliveries by what became of the event"
    LAG = "lag", "answered events by seconds since their creation, an upper bound"
    LAG_SECONDS = "lag_seconds", "the sum of these seconds"
    FAILURES = "failures", "failures by webhook class"
    REFUSALS = "refusals", "refused requests by reason and endpoint"
    API_READS = "api_reads", "reads of Stripe's API by result"


class ApiReadResult(models.TextChoices):
    """What became of a read of Stripe's API."""

    ANSWERED = "answered"
    ERROR = "error"
    SILENT = "silent"
    NOT_ASKED = "not_asked"
