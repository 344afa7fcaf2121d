"""Views of DRF for those who have paid.

::

    permission_classes = [HasSubscription.to(product="prod_reports") | IsAdminUser]

Each asks the mirror with one query. The owner is that of the view, if it has `get_owner`, else that
of the request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rest_framework.permissions import BasePermission

from stripe_integrations.access import entitled, subscribed
from stripe_integrations.gates import AccessTerms, checked_feature, checked_terms
from stripe_integrations.request_owner import owner_of

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from stripe_integrations.models import StripeBaseFeature


class HasSubscription(BasePermission):
    """Allow owners with a subscription: any, or the one that `to` asks for."""

    message = "This needs a subscription."
    code = "subscription_required"
    terms: ClassVar[AccessTerms] = {}

    @classmethod
    def to(cls, **terms: Unpack[AccessTerms]) -> type[Self]:
        """Return the permission of a product, a price or a lookup key.

        Takes what `access.subscribed` takes, by name. Raises TypeError for what that refuses.
        """
        made: type[Self] = _subclass(cls, terms=checked_terms(terms))
        return made

    def has_permission(self, request: Any, view: Any) -> bool:
        return subscribed(_owner(request, view), **self.terms)


class HasEntitlement(BasePermission):
    """Allow owners who are entitled to the feature that `to` names."""

    message = "Your plan does not include this."
    code = "entitlement_required"
    feature: ClassVar[Any] = None

    @classmethod
    def to(cls, feature: StripeBaseFeature | str) -> type[Self]:
        """Return the permission of a feature, given as its lookup key or its row.

        Raises TypeError for None.
        """
        made: type[Self] = _subclass(cls, feature=checked_feature(feature))
        return made

    def has_permission(self, request: Any, view: Any) -> bool:
        return entitled(_owner(request, view), self.feature)


def _owner(request: Any, view: Any) -> Any:
    return view.get_owner() if hasattr(view, "get_owner") else owner_of(request)


def _subclass(of: Any, **attributes: Any) -> Any:
    return type(of)(of.__name__, (of,), attributes)
