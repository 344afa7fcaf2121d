"""The admin of the generic mirror: objects of all kinds that have no model of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from stripe_integrations import kinds, storable
from stripe_integrations.admin.filters import KindFilter, occurring
from stripe_integrations.admin.mirrors import MirrorAdmin
from stripe_integrations.kinds import Kind

if TYPE_CHECKING:
    from stripe_integrations.models import StripeBaseObject


class StripeObjectAdmin(MirrorAdmin):
    """Rows of all kinds that have no model of their own."""

    list_filter = (KindFilter, *MirrorAdmin.list_filter)
    search_help_text = "The beginning of a Stripe id."

    def kind_of(self, row: StripeBaseObject) -> Kind:  # type: ignore[override]
        """Return the kind of a row's object."""
        return kinds.of(row.kind) or Kind(row.kind, kinds.GENERIC_MODEL)

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> Any:
        """Find a whole id by the index; if there is none, ids that begin with the term."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if not storable.is_usable_id(term):
            return queryset.none(), False
        whole = Q(pk__in=[term, *(f"{kind}/{term}" for kind in occurring(self.model, "kind"))])
        if queryset.filter(whole).exists():
            return queryset.filter(whole), False
        return queryset.filter(Q(pk__startswith=term) | Q(pk__contains=f"/{term}")), False
