from __future__ import annotations

import hashlib
from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from rest_framework import permissions, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from stripe_integrations import conf, kinds
from stripe_integrations.api.private import PRIVATE, StorableIdMixin
from stripe_integrations.api.serializers import CatalogueSerializer
from stripe_integrations.mirror import rows


class CatalogueViewSet(StorableIdMixin, viewsets.ReadOnlyModelViewSet[Any]):
    """What is for sale: active products with their active prices.

    The answer is the same for everybody, so nobody is asked who they are, and caches may keep it.
    """

    authentication_classes = ()
    permission_classes = (permissions.AllowAny,)
    serializer_class = CatalogueSerializer
    lookup_value_regex = "[^/]+"  # people choose the ids of products
    filterset_fields = ("name", "unit_label")
    ordering_fields = ("created", "name", "updated")
    search_fields = ("name", "description")
    #: Seconds for which a cache need not ask again.
    max_age = 60

    def get_queryset(self) -> Any:
        prices = rows.of_kind(kinds.PRICE).not_deleted().filter(active=True, account=None)
        # Its name follows that of the model, which may be swapped.
        accessor = conf.model("Price")._meta.get_field("product").remote_field.get_accessor_name()
        for_sale = rows.of_kind(kinds.PRODUCT).not_deleted().filter(active=True, account=None)
        return for_sale.prefetch_related(
            Prefetch(accessor, prices.order_by("created", "pk"), to_attr="active_prices")
        ).order_by("created", "pk")

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        # A page for people has a token against CSRF in it.
        if response.status_code != 200 or response.accepted_media_type == "text/html":
            response["Cache-Control"] = PRIVATE
            return response
        response["Cache-Control"] = f"public, max-age={self.max_age}"

        def conditional(rendered: Response) -> HttpResponseBase | None:
            etag = quote_etag(hashlib.sha256(rendered.content).hexdigest())
            rendered["ETag"] = etag
            return get_conditional_response(request._request, etag=etag, response=rendered)

        response.add_post_render_callback(conditional)
        return response
