"""Where Stripe may post to, on each kind of router, and what the checks say of it."""

import json
import uuid
from types import ModuleType

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path, re_path
from rest_framework.routers import DefaultRouter, SimpleRouter

from stripe_integrations import checks, conf
from stripe_integrations.routes import NO_ROUTE, endpoint_path
from stripe_integrations.testing import objects, sign
from stripe_integrations.viewsets import StripeWebhookViewSet
from tests import endpoints

pytestmark = pytest.mark.django_db(transaction=True)

UUID = uuid.UUID(int=7)
ROUTERS = [SimpleRouter, DefaultRouter]


def mount(settings, router, prefix="stripe/webhook", below=""):
    router.register(prefix, StripeWebhookViewSet, basename="hook")
    use(settings, path(below, include(router.urls)))


def use(settings, *patterns):
    urls = ModuleType("urls")
    urls.urlpatterns = list(patterns)
    settings.ROOT_URLCONF = urls
    settings.APPEND_SLASH = True


def post(url, secret, id="evt_1"):
    """Post a signed event as Stripe does, which follows no redirect; return the status."""
    body = json.dumps(objects.event("product.created", objects.product(), id=id)).encode()
    headers = {
        f"HTTP_{name.upper().replace('-', '_')}": value
        for name, value in sign(body, secret).items()
    }
    answer = Client().post(url, body, content_type="application/json", **headers)
    return answer.status_code


def said():
    return [message.id.rpartition(".")[2] for message in checks.check_routes()]


@pytest.fixture
def endpoint():
    return endpoints.endpoint(uuid=UUID)


@pytest.mark.parametrize("router_class", ROUTERS)
@pytest.mark.parametrize("use_regex_path", [True, False])
@pytest.mark.parametrize("trailing_slash", [True, False])
def test_routers_own_urls_answer_without_a_redirect(
    settings, endpoint, router_class, trailing_slash, use_regex_path
):
    mount(settings, router_class(trailing_slash, use_regex_path))
    slash = "/" if trailing_slash else ""
    assert post(f"/stripe/webhook{slash}", "whsec_test") == 200
    assert endpoint_path(UUID) == f"/stripe/webhook/{UUID}{slash}"
    assert post(endpoint_path(UUID), endpoints.SECRET, "evt_2") == 200
    assert conf.model("Event").objects.get(pk="evt_2").webhook_endpoint_id == endpoint.pk


@pytest.mark.parametrize("router_class", ROUTERS)
@pytest.mark.parametrize("trailing_slash", [True, False])
def test_endpoints_url_with_the_other_slash_answers(
    settings, endpoint, router_class, trailing_slash
):
    mount(settings, router_class(trailing_slash))
    slash = "" if trailing_slash else "/"
    assert post(f"/stripe/webhook/{UUID}{slash}", endpoints.SECRET) == 200


@pytest.mark.parametrize("router_class", ROUTERS)
def test_plain_url_with_a_slash_answers_on_a_router_without(settings, router_class):
    mount(settings, router_class(trailing_slash=False))
    assert post("/stripe/webhook/", "whsec_test") == 200


@pytest.mark.parametrize("router_class", ROUTERS)
@pytest.mark.parametrize(
    ("trailing_slash", "use_regex_path"),
    [(True, True), (False, True), (True, False)],  # with neither, DRF's router raises IndexError
)
def test_router_without_a_prefix_answers(
    settings, endpoint, router_class, trailing_slash, use_regex_path
):
    router = router_class(trailing_slash, use_regex_path)
    if router_class is DefaultRouter:
        router.include_root_view = False
    mount(settings, router, prefix="", below="stripe/webhook/")
    assert post("/stripe/webhook/", "whsec_test") == 200
    assert post(endpoint_path(UUID), endpoints.SECRET, "evt_2") == 200


@pytest.mark.parametrize("trailing_slash", [True, False])
@pytest.mark.parametrize(
    "url", ["/", "/stripe", "/stripe/webhookx", "/stripe/webhook/a/b", "/x/stripe/webhook"]
)
def test_other_urls_are_nobodys(settings, trailing_slash, url):
    mount(settings, SimpleRouter(trailing_slash))
    assert post(url, "whsec_test") == 404


@pytest.mark.parametrize("use_regex_path", [True, False])
def test_router_without_slash_is_quiet(settings, use_regex_path):
    mount(settings, DefaultRouter(trailing_slash=False, use_regex_path=use_regex_path))
    assert said() == []


def test_slash_that_stripe_would_be_redirected_to_is_a_warning(settings):
    mount(settings, DefaultRouter())
    assert post("/stripe/webhook", "whsec_test") == 301
    (message,) = checks.check_routes()
    assert message.id == "stripe_integrations.W012"
    assert "'hook-list' is /stripe/webhook/, with a slash at its end" in message.msg
    assert "trailing_slash=False" in message.hint


def test_slash_of_a_path_is_a_warning(settings):
    view = StripeWebhookViewSet.as_view({"post": "create"})
    use(settings, path("hook/", view, name="hook"))
    assert said() == ["W012"]
    use(settings, path("hook/", view, name="hook"), path("hook", view))
    assert said() == []


def test_another_view_at_the_path_without_the_slash_is_a_warning(settings):
    router = DefaultRouter()
    router.register("stripe/webhook", StripeWebhookViewSet, basename="hook")
    every_page = re_path("", lambda _: HttpResponse("a page"))
    use(settings, path("", include(router.urls)), every_page)
    assert post("/stripe/webhook", "whsec_test") == 200
    assert not conf.model("Event").objects.exists()
    assert "W012" in said()


def test_paths_of_converters_with_a_slash_are_warnings(settings):
    mount(settings, DefaultRouter(use_regex_path=False))
    assert said() == ["W012", "W012"]


def test_no_route_is_a_warning(settings):
    use(settings)
    (message,) = checks.check_routes()
    assert message.id == "stripe_integrations.W013"
    assert NO_ROUTE in message.hint
    with pytest.raises(ValueError, match="register it on a router"):
        endpoint_path(UUID)


def test_route_without_a_name_is_one(settings):
    use(settings, path("hook", StripeWebhookViewSet.as_view({"post": "create"})))
    assert said() == []
