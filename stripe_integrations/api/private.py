"""What the viewsets of an owner's own rows have in common."""

from __future__ import annotations

from typing import Any, ClassVar

import stripe
from django.http import Http404
from rest_framework import permissions, viewsets
from rest_framework.request import Request

from stripe_integrations import transactions
from stripe_integrations.api.stripe_errors import as_api_exception
from stripe_integrations.kinds import Kind
from stripe_integrations.mirror import rows
from stripe_integrations.request_owner import owner_of
from stripe_integrations.storable import is_usable_id

#: No cache may keep the answer, not even the browser's.
PRIVATE = "private, no-store"


class StorableIdMixin:
    """Answer 404 to an id that no database can hold."""

    def get_object(self) -> Any:
        view: Any = self
        if not is_usable_id(view.kwargs[view.lookup_url_kwarg or view.lookup_field]):
            raise Http404
        found: Any = super().get_object()  # type: ignore[misc]
        return found


class PrivateViewSet(StorableIdMixin, viewsets.GenericViewSet[Any]):
    """Base for what belongs to the owner of the request; of others it is 404.

    The project's own authentication and renderers apply. Answers are never cached, and errors of
    Stripe's API have DRF's form.
    """

    # -- what a subclass sets

    #: The kind of the rows that it shows.
    kind: ClassVar[Kind]

    # -- what a project may override

    permission_classes = (permissions.IsAuthenticated,)

    def get_owner(self) -> Any:
        """Return whose rows these are: the user, or what the setting `GET_OWNER` returns."""
        return owner_of(self.request)

    # -- the rest

    @classmethod
    def as_view(cls, actions: Any = None, **initkwargs: Any) -> Any:
        # No transaction stays open while Stripe is asked, also under ATOMIC_REQUESTS.
        return transactions.non_atomic(super().as_view(actions, **initkwargs))

    def get_queryset(self) -> Any:
        all_rows = rows.of_kind(self.kind)
        if getattr(self, "swagger_fake_view", False):  # somebody generates a schema
            return all_rows.none()
        return all_rows.not_deleted().for_user(self.get_owner()).order_by("-created", "-pk")

    def handle_exception(self, exc: Exception) -> Any:
        return super().handle_exception(
            as_api_exception(exc) if isinstance(exc, stripe.StripeError) else exc
        )

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = PRIVATE
        return response
