"""Reads of Stripe's API: one object by its id, with complete lists."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import stripe

from stripe_integrations import client, conf, storable
from stripe_integrations.choices import EventStatus
from stripe_integrations.kinds import Kind
from stripe_integrations.livemode import refuse_other_mode
from stripe_integrations.mirror import mapping, rows
from stripe_integrations.mirror.snapshots import Snapshot, from_answer

logger = logging.getLogger("stripe_integrations")


def fetch(kind: Kind, data: dict[str, Any], account: str | None) -> Snapshot | None:
    """Read an object by its id, with a short deadline; None without an answer."""
    try:
        with client.within(client.IMPATIENT):  # in all, with the pages of its lists
            return read_by_id(kind, data, account)
    except (stripe.StripeError, ValueError) as error:
        logger.warning(
            "%s could not be read from Stripe's API: %s. If its row is in doubt, "
            "`manage.py stripe_verify --doubtful` reads it again.",
            data["id"],
            type(error).__name__,
        )
        return None


def read_by_id(kind: Kind, data: dict[str, Any], account: str | None) -> Snapshot:
    """Read an object by its id.

    Raises stripe.StripeError, and ValueError where the API is not known to have it by its id.
    """
    seen = rows.version(kind, data["id"], account)
    if kind.identified_by:
        whole, answer = listed_whole(kind, data["id"], account, impatient=True)
        return from_answer(whole, answer, seen)
    answer = client.find_object(path(kind, data), asked(kind), account=account)
    whole = answer.data and checked(kind, answer.data, account, impatient=True)
    if whole and whole["id"] != data["id"]:
        raise ValueError("The API answered with another object.")
    if whole:
        return from_answer(whole, answer, seen)
    gone = {"id": data["id"], "object": kind.object, "deleted": True}
    is_proven = kind.is_deletable and _tells_deletion(kind, data, account)
    found = from_answer(gone, answer, seen)
    return replace(found, is_missing=True, is_unproven=not is_proven)


def listed_whole(
    kind: Kind, customer: str, account: str | None, *, impatient: bool = False
) -> tuple[dict[str, Any], client.Answer]:
    """Return an object made of the list that the API has of it, and when that was read.

    Raises stripe.StripeError.
    """
    (nested,) = kind.nested_lists
    listing, params = (
        client.resource_path(*nested.resource.split("/")),
        {nested.parameter: customer},
    )
    pages = list(client.pages(listing, params, account=account, impatient=impatient))
    refuse_other_mode(pages[0].data)
    items = [item for page in pages for item in page.data["data"]]
    whole = {
        "id": customer,
        "object": kind.object,
        kind.identified_by: customer,
        nested.attribute: {"object": "list", "data": items, "has_more": False},
    }
    return whole, replace(pages[0], as_of=pages[-1].as_of)


def path(kind: Kind, data: dict[str, Any]) -> str:
    """Return where the API has an object, of which at least the id is known.

    Raises ValueError for one that is found below its customer, or another object, only, if nothing
    says whose it is; and for a kind that the API is not known to find by an id.
    """
    if not kind.resource:
        raise ValueError(f"Stripe's API is not known to have a {kind.object} by its id.")
    if not kind.is_below_customer:
        segments = [_segment(each, data) for each in kind.resource.split("/")]
        return client.resource_path(*segments, data["id"])
    customer = mapping.reference_id(data.get("customer")) or rows.stored_customer(kind, data["id"])
    if customer is not None:
        return client.resource_path("customers", customer, kind.resource, data["id"])
    owner = mapping.reference_id(data.get("account"))  # what payouts go to
    if owner is not None:
        return client.resource_path("accounts", owner, "external_accounts", data["id"])
    raise ValueError(
        f"Stripe finds {data['id']} only below its customer, and no row says whose it is: "
        f"call retrieve({data['id']!r}, customer=…)."
    )


def asked(kind: Kind, below: str = "") -> dict[str, Any] | None:
    """Return the parameters with which the API shows an object whole.

    `below` is `data.` for a list. The API refuses to expand what its version does not have.
    """
    if kind.include:
        withheld = conf.withheld(kind)
        return {"include": [name for name in kind.include if name not in withheld]}
    version = conf.get("API_VERSION")
    expanded = [
        f"{below}{name}"
        for name, since in kind.expand.items()
        if version is None or version >= since  # 2025-03-31.basil; None: no SDK pins an older one
    ]
    return {"expand": expanded} if expanded else None


def checked(
    kind: Kind, data: dict[str, Any], account: str | None, *, impatient: bool = False
) -> dict[str, Any]:
    """Return an answer with complete lists. Raises stripe.APIError if it is of another kind."""
    key = rows.pk_or_none(kind, data.get("id"), account)
    if data.get("object") != kind.object or key is None:
        raise stripe.APIError(f"The API's answer is no {kind.object}.")
    refuse_other_mode(data)
    complete = completed(kind, data, account, impatient=impatient)
    if storable.is_deeper_than(complete, storable.MAX_DEPTH):
        raise stripe.APIError(f"The API's answer has more than {storable.MAX_DEPTH} levels.")
    return complete


def _segment(segment: str, data: dict[str, Any]) -> str:
    """Return a part of a resource's path, with the id that stands for an attribute's name."""
    if not segment.startswith("{"):
        return segment
    owner = mapping.reference_id(data.get(segment.strip("{}")))
    if owner is None:
        raise ValueError(f"{data['id']} does not say below which object Stripe has it.")
    return owner


def completed(
    kind: Kind, data: dict[str, Any], account: str | None, *, impatient: bool = False
) -> dict[str, Any]:
    """Return an answer of the API with its nested lists read to their ends."""
    for nested in kind.nested_lists:
        first = data.get(nested.attribute)
        if isinstance(first, dict) and first.get("has_more"):
            params = {nested.parameter: data["id"]} if nested.parameter else {}
            segments = [_segment(each, data) for each in nested.resource.split("/")]
            listing = client.resource_path(*segments)
            pages = client.pages(listing, params, account=account, impatient=impatient)
            items = [item for page in pages for item in page.data["data"]]
            data = {**data, nested.attribute: {**first, "data": items, "has_more": False}}
    return data


def _tells_deletion(kind: Kind, data: dict[str, Any], account: str | None) -> bool:
    """Tell whether a deletion of this very object is stored, in the mode of this database.

    An id that people choose may live again: the deletion of an earlier life says nothing.
    """
    events = conf.model("Event").objects.using(conf.database())
    of_it = events.filter(object_id=data["id"], object_type=kind.object, account=account)
    deletions = of_it.filter(kind__endswith=".deleted").exclude(status=EventStatus.IGNORED)
    row = rows.find_row(kind, data["id"], account)
    births = [data.get("created"), row and row.stripe_data.get("created")]
    known = [each for each in births if storable.is_time(each)]
    if known:
        born = mapping.to_datetime(max(known) - conf.get("CLOCK_GUARD"))
        deletions = deletions.filter(created__gte=born)
    return bool(deletions.exists())
