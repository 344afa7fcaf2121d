"""One table of who is let in, asked of the permissions, the decorators and the mixins alike."""

from functools import partial

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path
from django.utils import timezone
from django.views import View
from rest_framework.permissions import IsAdminUser
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from stripe_integrations import conf, gates
from stripe_integrations.api import HasEntitlement, HasSubscription

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

urlpatterns = [path("pricing/", View.as_view(), name="pricing")]

#: What is asked for; whether Ada, who has Gold, is let in; whether while her payment is retried.
TABLE = [
    ({}, True, False),
    ({"product": "prod_1"}, True, False),
    ({"price": "price_1"}, True, False),
    ({"lookup_key": "gold"}, True, False),
    ({"product": "prod_1", "while_past_due": True}, True, True),
    ({"grace": timezone.timedelta(days=1)}, True, False),
    ({"product": "prod_old"}, False, False),
    ({"price": "price_year"}, False, False),
    ({"lookup_key": "of_old"}, False, False),
    ({"account": "acct_1"}, False, False),
]


def plain(request):
    return HttpResponse("in")


def answers(user, permission, decorated, mixin, **attributes):
    """Return how the three answer: the status of DRF's, then that of the plain ones."""

    class Api(APIView):
        permission_classes = [permission]

        def get(self, request):
            return Response("in")

    class Page(mixin, View):
        locals().update(attributes)

        def get(self, request):
            return plain(request)

    asked = APIRequestFactory().get("/reports/")
    force_authenticate(asked, None if user.is_anonymous else user)
    page = RequestFactory().get("/reports/?page=2")
    page.user = user
    return Api.as_view()(asked).status_code, *(
        status(view, page) for view in (decorated(plain), Page.as_view())
    )


def status(view, request):
    try:
        answered = view(request)
    except PermissionDenied:
        return 403
    return answered.get("Location") or answered.status_code


def asked_for(user, **terms):
    return answers(
        user,
        HasSubscription.to(**terms),
        gates.subscription_required(**terms),
        gates.SubscriptionRequiredMixin,
        required_subscription=terms,
    )


@pytest.mark.parametrize(("terms", "active", "past_due"), TABLE)
def test_who_has_the_subscription_is_let_in(ada, bob, terms, active, past_due):
    mine = conf.model("Subscription").objects.filter(pk="sub_ada_0")
    expected = {True: (200,) * 3, False: (403,) * 3}
    assert asked_for(ada, **terms) == expected[active]
    mine.update(status="past_due")
    assert asked_for(ada, **terms) == expected[past_due]
    mine.update(status="canceled")
    assert asked_for(ada, **terms) == expected[False]
    conf.model("Subscription").objects.filter(pk="sub_bob_0").update(customer="cus_ada")
    assert asked_for(bob, **terms) == expected[False]


def test_who_has_the_entitlement_is_let_in(ada, bob):
    def asked(user, feature):
        return answers(
            user,
            HasEntitlement.to(feature),
            gates.entitlement_required(feature),
            gates.EntitlementRequiredMixin,
            required_entitlement=feature,
        )

    conf.model("ActiveEntitlement").objects.filter(pk="ent_bob_0").delete()
    feature = conf.model("Feature").objects.get()
    assert asked(ada, "reports") == asked(ada, feature) == (200,) * 3
    assert asked(ada, "exports") == asked(bob, "reports") == (403,) * 3


def test_who_is_not_logged_in_is_sent_to_the_login(ada):
    drf, *pages = asked_for(AnonymousUser())
    assert drf in (401, 403)
    assert pages == ["/accounts/login/?next=/reports/%3Fpage%3D2"] * 2


def owner_of_a_user(request):
    return {"ada": request.user}[request.user.get_username()]


def test_owner_of_a_request_is_asked_for_only_of_who_is_logged_in(ada, settings):
    given = {"GET_OWNER": f"{__name__}.owner_of_a_user"}
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, **given}
    assert asked_for(ada) == (200,) * 3
    drf, *pages = asked_for(AnonymousUser())
    assert drf in (401, 403)
    assert pages == ["/accounts/login/?next=/reports/%3Fpage%3D2"] * 2


@pytest.mark.parametrize("where", ["pricing", "/pricing/"])
def test_who_has_no_access_is_sent_to_where_it_is_sold(bob, where):
    absent = {"product": "prod_old"}

    class Page(gates.SubscriptionRequiredMixin, View):
        required_subscription = absent
        redirect_to = where

    class Other(gates.EntitlementRequiredMixin, View):
        required_entitlement = "exports"
        redirect_to = where

    request = RequestFactory().get("/")
    request.user = bob
    for view in (
        gates.subscription_required(redirect_to=where, **absent)(plain),
        gates.entitlement_required("exports", redirect_to=where)(plain),
        Page.as_view(),
        Other.as_view(),
    ):
        assert status(view, request) == "/pricing/"
    assert view.__doc__ == Other.__doc__
    assert gates.subscription_required()(plain).__name__ == "plain"


@pytest.mark.parametrize(
    "terms",
    [{"product": None}, {"prodcut": "prod_1"}, {"product": "prod_1", "price": "price_1"}],
)
def test_mistake_is_found_when_it_is_written(terms):
    for write in (
        HasSubscription.to,
        gates.subscription_required,
        lambda **given: type(
            "V", (gates.SubscriptionRequiredMixin,), {"required_subscription": given}
        ),
    ):
        with pytest.raises(TypeError):
            write(**terms)


def test_mistake_about_a_feature_or_a_view_is_found_when_it_is_written():
    async def view(request):
        return plain(request)

    for write in (
        partial(HasEntitlement.to, None),
        partial(gates.entitlement_required, None),
        partial(gates.entitlement_required("reports"), view),
        partial(gates.subscription_required(), view),
    ):
        with pytest.raises(TypeError, match=r"feature is None|view is async"):
            write()


def test_permissions_say_why_and_can_be_combined(ada, bob, django_assert_num_queries):
    class Api(APIView):
        permission_classes = [HasSubscription.to(product="prod_old")]

        def get(self, request):
            return Response("in")

    def asked(user):
        request = APIRequestFactory().get("/")
        force_authenticate(request, user)
        with django_assert_num_queries(1):
            return Api.as_view()(request)

    assert asked(ada).data["detail"] == "This needs a subscription."
    assert asked(ada).data["detail"].code == "subscription_required"
    Api.permission_classes = [HasEntitlement.to("exports")]
    assert asked(ada).data["detail"] == "Your plan does not include this."
    Api.permission_classes = [HasEntitlement.to("reports") | IsAdminUser]
    assert asked(ada).status_code == 200
    Api.permission_classes = [HasSubscription]
    assert asked(bob).status_code == 200
    Api.get_owner = lambda view: None
    request = APIRequestFactory().get("/")
    force_authenticate(request, bob)
    assert Api.as_view()(request).status_code == 403
