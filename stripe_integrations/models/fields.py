"""The two kinds of column that Stripe ids live in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor

from stripe_integrations.conf import MAX_ID


class StripeIdField(models.CharField):  # type: ignore[type-arg]
    """A Stripe id: compared byte by byte, since `cus_A` and `cus_a` are two customers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", MAX_ID)
        super().__init__(*args, **kwargs)

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        # `db_collation` would name the collation on every database; only MySQL needs one.
        parameters: dict[str, Any] = super().db_parameters(connection)
        if connection.vendor == "mysql":
            parameters["collation"] = "utf8mb4_bin"
        return parameters


class StripeLinkDescriptor(ForwardManyToOneDescriptor):  # type: ignore[type-arg]
    """The linked row, or None while it has not arrived."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        try:
            return super().__get__(instance, cls)
        except ObjectDoesNotExist:
            return None


class StripeLink(models.ForeignKey):  # type: ignore[type-arg]
    """A link to a mirror row that may not be there yet.

    At run time it is a foreign key: joins, reverse names, `select_related`. Migrations see the
    plain id column it is in the database, so there is no constraint and no migration dependency,
    either side can be swapped, and links may be circular.
    """

    forward_related_accessor_class = StripeLinkDescriptor

    def __init__(self, to: Any, **kwargs: Any) -> None:
        kwargs.update(on_delete=models.DO_NOTHING, db_constraint=False, null=True, blank=True)
        super().__init__(to, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        column: models.Field[Any, Any] = self.clone()
        column.set_attributes_from_name(self.name)
        name, path, args, kwargs = column.deconstruct()
        return name, path, list(args), kwargs

    def clone(self) -> Any:
        return StripeIdField(
            verbose_name=self._verbose_name,  # type: ignore[attr-defined]
            help_text=self.help_text,
            null=True,
            blank=True,
            db_index=self.db_index,  # type: ignore[attr-defined]
            unique=self.unique,
            db_column=self.db_column or f"{self.name}_id",
        )

    def validate(self, value: Any, model_instance: Any) -> None:
        models.Field.validate(self, value, model_instance)

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(
            self,
            **{
                "form_class": forms.CharField,
                "max_length": MAX_ID,
                "empty_value": None,
                **kwargs,
            },
        )

    def save_form_data(self, instance: Any, data: Any) -> None:
        setattr(instance, self.attname, data)
