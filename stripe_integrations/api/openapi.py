"""What drf-spectacular cannot see in the viewsets: the extra `openapi`.

Loaded at start-up where drf-spectacular is installed as an app.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from drf_spectacular.extensions import OpenApiViewExtension
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_serializer,
)
from rest_framework import serializers

from stripe_integrations.api import bodies
from stripe_integrations.api import serializers as answers
from stripe_integrations.api.verbs import MAX_KEY

#: Which of the methods of viewsets only read.
READ = ("list", "retrieve", "current")
#: The methods that change a subscription and return it.
CHANGES = ("cancel", "resume", "swap")


@extend_schema_serializer(component_name="StripeError")
class ErrorSerializer(serializers.Serializer[Any]):
    """An error: a text for people and, of Stripe's errors, a code for programs."""

    detail = serializers.CharField()
    code = serializers.CharField(required=False)


IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": MAX_KEY, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="The same call with the same key has its effect once, for a day.",
)
INVALID = OpenApiResponse(
    # A search that cannot be is answered a list.
    {"oneOf": [{"type": "object"}, {"type": "array", "items": {"type": "string"}}]},
    "What is wrong, by the name of the attribute.",
)
DENIED = {
    401: OpenApiResponse(ErrorSerializer, "Not logged in."),
    403: OpenApiResponse(ErrorSerializer, "Not logged in, or not allowed."),
}
ANY = {
    404: OpenApiResponse(ErrorSerializer, "There is none, or it is another's."),
    406: OpenApiResponse(ErrorSerializer, "No such format."),
    429: OpenApiResponse(ErrorSerializer, "Too many requests: see Retry-After."),
}
OF_STRIPE = {
    400: INVALID,
    402: OpenApiResponse(ErrorSerializer, "The payment failed."),
    409: OpenApiResponse(ErrorSerializer, "It does not fit what is there."),
    415: OpenApiResponse(ErrorSerializer, "No such format of a body."),
    503: OpenApiResponse(ErrorSerializer, "Stripe does not answer: see Retry-After."),
}
NOT_MODIFIED = {304: OpenApiResponse(None, "As the ETag that was sent says.")}


class BillingViewExtension(OpenApiViewExtension):  # type: ignore[no-untyped-call]
    """Describes the viewsets of an owner's own, and those that a project derives from them."""

    target_class = "stripe_integrations.api.private.PrivateViewSet"
    match_subclasses = True
    others: dict[int, Any] = DENIED

    def view_replacement(self) -> Any:
        view: Any = self.target
        methods = {name: self.described(name)(_copy(view, name)) for name in self.names()}
        return type(view.__name__, (view,), {"__doc__": view.__doc__, **methods})

    def names(self) -> list[str]:
        """Return which methods the viewset has."""
        # `list` of a single row is an alias for a router only.
        found = [name for name in (*READ, "create", *CHANGES) if hasattr(self.target, name)]
        return [name for name in found if name != "list" or "current" not in found]

    def described(self, name: str) -> Any:
        """Return the decorator of a method."""
        parameters, view = [], self.target
        if name in ("retrieve", *CHANGES):
            # Another path leads nowhere: Django itself answers it.
            pattern = f"^{getattr(view, 'lookup_value_regex', '[^/.]+')}$"
            parameters.append(
                OpenApiParameter(
                    "id", {"type": "string", "pattern": pattern}, OpenApiParameter.PATH
                )
            )
        if name in READ:
            answer = view.serializer_class(many=name == "list")
            return extend_schema(
                parameters=parameters,
                responses={
                    200: answer,
                    **ANY,
                    **self.others,
                    **({400: INVALID} if name == "list" else {}),
                },
            )
        made = {201: view.answer_class} if name == "create" else {200: view.serializer_class}
        return extend_schema(
            parameters=[*parameters, IDEMPOTENCY_KEY],
            responses={**made, **ANY, **self.others, **OF_STRIPE},
        )


class CatalogueViewExtension(BillingViewExtension):  # type: ignore[no-untyped-call]
    """Describes the catalogue, which everybody may see."""

    target_class = "stripe_integrations.api.catalogue.CatalogueViewSet"
    others = NOT_MODIFIED


def name_components() -> None:
    """Let names of components begin with Stripe, so that they meet none of the project's."""
    for module in (answers, bodies):
        for name, each in vars(module).items():
            is_own = getattr(each, "__module__", None) == module.__name__
            if is_own and isinstance(each, type) and issubclass(each, serializers.Serializer):
                own_name = f"Stripe{name.removesuffix('Serializer')}"
                extend_schema_serializer(component_name=own_name)(each)


def _copy(view: Any, name: str) -> Any:
    """Return a method that is described without describing that of the view in use."""
    method = getattr(view, name)

    @wraps(method)
    def copy(self: Any, *args: Any, **kwargs: Any) -> Any:
        return method(self, *args, **kwargs)

    return copy


name_components()
