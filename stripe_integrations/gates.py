"""Plain Django views for those who have paid, by a decorator or a mixin; the DRF ones are in `api`.

::

    @subscription_required(product="prod_reports", redirect_to="pricing")
    def reports(request): ...

Somebody who is not logged in is sent to the login. Somebody without access is sent to
`redirect_to`, which is what `django.shortcuts.redirect` takes, or answered 403 without it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial, wraps
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from stripe_integrations.access import Which, entitled, subscribed
from stripe_integrations.request_owner import owner_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from stripe_integrations.models import StripeBaseFeature

__all__ = [
    "EntitlementRequiredMixin",
    "SubscriptionRequiredMixin",
    "entitlement_required",
    "subscription_required",
]

View = TypeVar("View", bound=Callable[..., Any])


class AccessTerms(Which, total=False):
    """What `access.subscribed` takes besides an owner."""

    #: Whether a subscription whose payment Stripe retries counts.
    while_past_due: bool
    #: How long after the end of its period a subscription counts; None trusts its status.
    grace: timedelta | None


def checked_terms(given: AccessTerms) -> AccessTerms:
    """Return which subscription is asked for.

    Raises TypeError for an unknown name, for several things at once, and for None, which is mostly
    a setting that was forgotten.
    """
    unknown = given.keys() - AccessTerms.__annotations__.keys() - Which.__annotations__.keys()
    if unknown:
        raise TypeError(f"Pass product, price or lookup_key, not {', '.join(sorted(unknown))}.")
    named = {name: given.get(name) for name in ("product", "price", "lookup_key") if name in given}
    if len(named) > 1:
        raise TypeError(f"Pass one of {', '.join(named)}.")
    if None in named.values():
        raise TypeError(f"{next(iter(named))} is None: name one, or pass nothing for any.")
    return given


def checked_feature(given: Any) -> Any:
    """Return the feature that is asked for. Raises TypeError for None, a setting forgotten."""
    if given is None:
        raise TypeError("feature is None: pass the lookup key of a Feature, or its row.")
    return given


def subscription_required(
    *, redirect_to: Any = None, **terms: Unpack[AccessTerms]
) -> Callable[[View], View]:
    """Restrict a view to subscribers: of anything, or of a product or a price."""
    return _required(partial(subscribed, **checked_terms(terms)), redirect_to)


def entitlement_required(
    feature: StripeBaseFeature | str, *, redirect_to: Any = None
) -> Callable[[View], View]:
    """Restrict a view to owners who are entitled to a feature, given as lookup key or row.

    Raises TypeError for None.
    """
    return _required(partial(entitled, feature=checked_feature(feature)), redirect_to)


class SubscriptionRequiredMixin:
    """Restrict a class-based view to subscribers; it stands left of `View`."""

    #: Which subscription; empty for any: `{"product": "prod_reports"}`.
    required_subscription: ClassVar[AccessTerms] = {}
    #: Where somebody without it is sent to.
    redirect_to: Any = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        checked_terms(cls.required_subscription)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not subscribed(owner_of(request), **self.required_subscription):
            return turned_away(request, self.redirect_to)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class EntitlementRequiredMixin:
    """Restrict a class-based view to owners who are entitled to a feature."""

    #: The lookup key of the feature, or its row.
    required_entitlement: ClassVar[Any] = None
    #: Where somebody without it is sent to.
    redirect_to: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not entitled(owner_of(request), self.required_entitlement):
            return turned_away(request, self.redirect_to)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


def turned_away(request: HttpRequest, redirect_to: Any) -> HttpResponseBase:
    """Return what answers somebody without access. Raises PermissionDenied, which is a 403."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if redirect_to is None:
        raise PermissionDenied
    return redirect(redirect_to)


def _required(has_access: Callable[[Any], bool], redirect_to: Any) -> Callable[[View], View]:
    def decorated(view: View) -> View:
        if iscoroutinefunction(view):
            raise TypeError(f"{view.__name__} is async: the mirror is asked in plain views only.")

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not has_access(owner_of(request)):
                return turned_away(request, redirect_to)
            return view(request, *args, **kwargs)

        same_type: Any = guarded
        return same_type  # type: ignore[no-any-return]

    return decorated
