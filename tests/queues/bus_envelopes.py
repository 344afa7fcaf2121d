"""The envelopes in which an event bus hands events over, good and bad ones."""

import json

from stripe_integrations.testing import objects


def eventbridge(message, **changes):
    return {
        "version": "0",
        "id": "17e8dff5-d6cd-3770-ace9-aeac02b6ac3f",
        "detail-type": message["type"],
        "source": "aws.partner/stripe.com/ed_test_1",
        "account": "506417113029",
        "time": "2026-11-30T01:00:00Z",
        "region": "us-west-2",
        "resources": [],
        "detail": message,
        **changes,
    }


def cloud_event(message, **changes):
    return {
        "specversion": "1.0",
        "id": message["id"],
        "source": "/providers/stripe/ed_test_1",
        "type": message["type"],
        "datacontenttype": "application/json",
        "data": message,
        **changes,
    }


def event_grid(message, **changes):
    return {
        "id": message["id"],
        "topic": "/subscriptions/1/partnerTopics/stripe",
        "subject": "",
        "eventType": message["type"],
        "eventTime": "2026-11-30T01:00:00Z",
        "dataVersion": "1",
        "metadataVersion": "1",
        "data": message,
        **changes,
    }


ENVELOPES = [eventbridge, cloud_event, event_grid]


def created(id="evt_1", product="prod_1", **extra):
    return objects.event("product.created", objects.product(product), id=id, **extra)


def nested(levels):
    return {"a": nested(levels - 1)} if levels else {}


BAD = {
    "list": [],
    "text": "evt_1",
    "bare event": created(),
    "no detail": {"detail-type": "product.created", "source": "aws.partner/stripe.com/ed_1"},
    "detail is null": eventbridge(created(), detail=None),
    "detail is text": eventbridge(created(), detail=json.dumps(created())),
    "detail has no id": eventbridge(created(), detail={**created(), "id": None}),
    "detail has no time": eventbridge(created(), detail={**created(), "created": "now"}),
    "detail is no event": eventbridge(created(), detail={**created(), "object": "customer"}),
    "of somebody else": eventbridge(created(), source="my.app"),
    "of a similar name": eventbridge(created(), source="aws.partner/stripe.com.evil/ed_1"),
    "source is no text": eventbridge(created(), source=["aws.partner/stripe.com/ed_1"]),
    "deep": eventbridge({**created(), "extra": nested(30)}),
    "not a number": eventbridge({**created(), "extra": float("nan")}),
    "old CloudEvent": cloud_event(created(), specversion="0.3"),
    "CloudEvent without data": {**cloud_event(created()), "data": None},
}
