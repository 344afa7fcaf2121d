"""The two kinds of column that Stripe ids live in, and the link to a customer's owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models.fields.related_descriptors import (
    ForwardManyToOneDescriptor,
    ReverseManyToOneDescriptor,
)
from django.db.models.lookups import Exact, IsNull
from django.db.models.sql.where import OR, WhereNode
from django.utils.functional import cached_property

from stripe_integrations.conf import MAX_ID, OWNER_SETTING

if TYPE_CHECKING:
    from django.db.models import CharField
    from django.db.models.expressions import Combinable
else:

    class CharField(models.CharField):
        """Django's, which takes the types of its values in brackets in its stubs only."""

        def __class_getitem__(cls, types):
            return cls


#: What a column can be set to, and what it gives.
Set = TypeVar("Set", contravariant=True)
Get = TypeVar("Get", covariant=True)


class StripeIdField(CharField[Set, Get]):
    """An id or a lookup key: compared byte by byte, since `cus_A` and `cus_a` are two customers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", MAX_ID)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: Any) -> str | None:
        # Ids are compared whole. Django gives each indexed `varchar` of PostgreSQL a second index,
        # for LIKE, but not under the long name of the same type.
        if connection.vendor == "postgresql":
            return f"character varying({self.max_length})"
        return super().db_type(connection)

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

    def get_prefetch_querysets(self, instances: Any, querysets: Any = None) -> Any:
        found = super().get_prefetch_querysets(instances, querysets)
        return _matched_by_account(found) if self.field.keeps_account else found


class StripeLinkReverseDescriptor(ReverseManyToOneDescriptor):  # type: ignore[type-arg]
    """The rows that link to a row, through a manager."""

    @cached_property
    def related_manager_cls(self) -> Any:
        link: Any = self.field
        manager: Any = super().related_manager_cls
        return _within_account(manager) if link.keeps_account else manager


def _within_account(manager: Any) -> Any:
    """Return a related manager that leaves out the rows of other accounts."""

    class RelatedManager(manager):  # type: ignore[misc]
        def __init__(self, instance: Any) -> None:
            super().__init__(instance)
            self.core_filters["account"] = instance.account

        def get_prefetch_querysets(self, instances: Any, querysets: Any = None) -> Any:
            return _matched_by_account(super().get_prefetch_querysets(instances, querysets))

    return RelatedManager


def _matched_by_account(prefetched: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what tells Django how to prefetch, with rows matched by account, too."""
    queryset, of_related, of_instance, *rest = prefetched
    return (
        queryset,
        lambda row: (of_related(row), row.account),
        lambda row: (of_instance(row), row.account),
        *rest,
    )


def _has_account(model: Any) -> bool:
    return any(field.name == "account" for field in model._meta.concrete_fields)


def _column(model: Any, alias: str) -> Any:
    return model._meta.get_field("account").get_col(alias)


class StripeLink(models.ForeignKey[Set, Get]):
    """A link to a mirror row that may not be there yet.

    At run time it is a foreign key: joins, reverse names, `select_related`. Migrations see the
    plain id column it is in the database, so there is no constraint and no migration dependency,
    either side can be swapped, and links may be circular.

    Where both models have a column `account`, it leads to rows of the same account only, unless
    `any_account` says otherwise. A filter by the link alone, `filter(customer=customer)`, compares
    ids and no accounts: Django does not join for it.
    """

    # Read by the mypy plugin of django-stubs, which puts the linked model in the place of Any.
    _pyi_private_set_type: Any | Combinable | None
    _pyi_private_get_type: Any | None

    forward_related_accessor_class = StripeLinkDescriptor
    related_accessor_class = StripeLinkReverseDescriptor

    def __init__(self, to: Any, *, any_account: bool = False, **kwargs: Any) -> None:
        kwargs.update(on_delete=models.DO_NOTHING, db_constraint=False, null=True, blank=True)
        super().__init__(to, **kwargs)
        self.any_account = any_account

    @cached_property
    def keeps_account(self) -> bool:
        """Whether the linked row is to be of the same account."""
        both = (self.model, self.related_model)
        return not self.any_account and all(_has_account(model) for model in both)

    def get_extra_descriptor_filter(self, instance: Any) -> dict[str, Any]:
        return {"account": instance.account} if self.keeps_account else {}

    def get_extra_restriction(self, alias: str | None, related_alias: str) -> Any:
        # Without an alias the linked table is not in the query.
        if alias is None or not self.keeps_account:
            return None
        own, linked = _column(self.model, related_alias), _column(self.related_model, alias)
        both_ours: Any = WhereNode([IsNull(linked, True), IsNull(own, True)])  # type: ignore[list-item]
        return WhereNode([Exact(linked, own), both_ours], connector=OR)  # type: ignore[list-item]

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


class OwnerKey(models.ForeignKey[Set, Get]):
    """A foreign key to the model that `STRIPE_OWNER_MODEL` names.

    Migrations see a plain foreign key to whatever the setting names, as one to `AUTH_USER_MODEL`.
    """

    # Read by the mypy plugin of django-stubs, which puts the linked model in the place of Any.
    _pyi_private_set_type: Any | Combinable | None
    _pyi_private_get_type: Any | None

    @property
    def swappable_setting(self) -> str:
        # Django knows only the settings of models that are swappable themselves.
        return OWNER_SETTING

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", list(args), kwargs
