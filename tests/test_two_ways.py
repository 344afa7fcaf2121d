"""Compiled statements and the ORM write the same rows."""

import json
from contextlib import contextmanager

import pytest
from django.db import connection
from django.db.models.signals import post_save

from stripe_integrations import conf, kinds
from stripe_integrations.dispatch import store
from stripe_integrations.testing import objects
from tests.large_tables import a_third
from tests.test_stripe_examples import FILES, MODELS

pytestmark = pytest.mark.django_db(transaction=True)

OURS = {
    "card": objects.card,
    "coupon": objects.coupon,
    "customer": objects.customer,
    "price": objects.price,
    "product": objects.product,
    "subscription": objects.subscription,
}
#: What happens to an object, and by how many seconds each is later than the event before it.
STORIES = {
    "created, updated, deleted": [("created", 0), ("updated", 60), ("deleted", 60)],
    "updated before created": [("updated", 0), ("created", -60), ("updated", 120)],
    "within the guard": [("created", 0), ("updated", 1), ("updated", 1)],
    "two lives": [("created", 0), ("deleted", 60), ("created", 60), ("updated", 60)],
    "deleted first": [("deleted", 0), ("created", -60), ("updated", -30)],
    "the same twice": [("created", 0), ("updated", 60), ("updated", 0)],
}


#: Where objects of each kind are from: our own, and Stripe's examples where they are.
SOURCES = {"ours": None} | {file.stem: file for file in FILES}


#: Each story with today's objects. The shapes of older versions, which matter to the columns and
#: not to the order of events, have the one story with a write of each sort.
CASES = [
    (source, story)
    for source in SOURCES
    for story in STORIES
    if source in ("ours", "fixtures3") or story == "two lives"
]


def examples(source):
    """Return an object of each kind that a source has."""
    if SOURCES[source] is None:
        return [build() for build in OURS.values()]
    resources = json.loads(SOURCES[source].read_text())["resources"]
    return [resources[name] for name in MODELS if name in resources]


def events(data, story, prefix):
    kind = objects.prefix(data["object"])
    now = objects.NOW - 1000
    for number, (verb, seconds) in enumerate(STORIES[story]):
        now += seconds
        changed = {**data, "metadata": {"n": str(number)}} if verb == "updated" else data
        previous = {"metadata": {"n": str(number - 1)}} if verb == "updated" else None
        yield objects.event(
            f"{kind}.{verb}", changed, created=now, previous=previous, id=f"evt_{prefix}{number}"
        )


def written(kind):
    """Return the models of the rows that an object of a kind leaves: its own and its parts'."""
    parts = [kinds.MIRRORED[nested.kind].model for nested in kind.nested_lists]
    return [conf.model(name) for name in (kind.model, *parts)]


def stored(models):
    """Return what a story has left: the rows of the object and its parts, and of each event."""
    rows = [list(model.objects.order_by("pk").values()) for model in models]
    events = conf.model("Event").objects.order_by("created", "pk")
    kept = [
        {name: value for name, value in event.items() if name not in ("id", "received_at", "runs")}
        | {"runs": sorted(event["runs"])}
        for event in events.values()
    ]
    for event in kept:
        for name in ("as_of", "processed_at", "lease_expires_at", "body", "attempts"):
            event[name] = event[name] is not None
    for model in models:
        model.objects.all().delete()
    events.delete()
    return rows, kept


@pytest.fixture
def count(monkeypatch):
    """Count how many events the statements took."""
    taken = []
    insert = store._insert_with_object

    def counting(*args):
        taken.append(insert(*args))
        return taken[-1]

    monkeypatch.setattr(store, "_insert_with_object", counting)
    return taken


@contextmanager
def heard(*models):
    """Let somebody listen to these models, so that the ORM writes."""

    def listen(**_kwargs):
        """Be there."""

    for each in models:
        post_save.connect(listen, sender=each)
    try:
        yield
    finally:
        for each in models:
            post_save.disconnect(listen, sender=each)


@pytest.mark.parametrize(("source", "story"), CASES)
def test_story_of_an_object_leaves_the_same_rows_either_way(source, story, deliver, count):
    # MySQL and MariaDB have no guarded upsert: there, an update finds a row, or is none.
    none_there = connection.vendor == "mysql" and story == "deleted first"
    for data in a_third(examples(source), list(STORIES).index(story)):
        models = written(kinds.MIRRORED[data["object"]])
        deliver(*events(data, story, "a"))
        by_statements = stored(models)
        # A checkout's class does more than to write the mirror: it links the user.
        is_long = data["object"] == kinds.CHECKOUT_SESSION.object
        assert any(count) is not is_long or none_there, data["object"]
        del count[:]
        with heard(*models, conf.model("Event")):
            deliver(*events(data, story, "b"))
        assert not any(count)
        del count[:]
        assert stored(models) == by_statements, data["object"]


@pytest.mark.parametrize("name", ["coupon", "customer", "price", "product"])
@pytest.mark.parametrize("is_there", [True, False], ids=["row", "no row"])
def test_deletion_that_says_no_more_than_the_id_leaves_the_same_row(name, is_there, deliver):
    data = OURS[name]()
    models = written(kinds.MIRRORED[name])

    def story(prefix):
        for verb, said in (("created", data), ("deleted", {"id": data["id"], "object": name})):
            if is_there or verb == "deleted":
                created = objects.NOW - (1000 if verb == "created" else 900)
                yield objects.event(
                    f"{name}.{verb}", said, created=created, id=f"evt_{prefix}{verb}"
                )

    deliver(*story("a"))
    by_statements = stored(models)
    with heard(*models, conf.model("Event")):
        deliver(*story("b"))
    assert stored(models) == by_statements
