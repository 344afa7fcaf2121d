"""The columns of a swapped model that are the project's own: Stripe does not fill them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_integrations import conf, kinds, models, sdk
from stripe_integrations.mirror import mapping

if TYPE_CHECKING:
    from stripe_integrations.models import StripeModel


def own_columns(name: str, model: Any, row: StripeModel | None) -> list[str]:
    """Return the names of the editable columns that a model adds, and Stripe does not fill.

    `name` is that of our model of the kind. Stripe fills a column that the installed SDK knows as
    an attribute, one with paths, and one whose attribute the row's object has, if a row is given.
    """
    base = getattr(models, conf.base_name(name), None)
    if base is None:
        return []  # it cannot be swapped
    ours = {field.name for field in base._meta.get_fields()}
    return [
        field.name
        for field in model._meta.concrete_fields
        if field.editable and field.name not in ours and not _is_filled(name, model, field, row)
    ]


def _is_filled(name: str, model: Any, field: Any, row: StripeModel | None) -> bool:
    filled = {column.field: column.paths for column in mapping.mapped_columns(model)}
    if field not in filled:
        return field.name in mapping.RESERVED
    paths = filled[field]
    of_name = [kind for kind in kinds.MIRRORED.values() if kind.model == name]
    known = {each for kind in of_name for each in sdk.attributes(kind)}
    return (
        paths != ((field.name,),)
        or field.name in known
        or (row is not None and mapping.value_at(row.stripe_data, paths) is not mapping.ABSENT)
    )
