"""Every verb of the table: alone, by two callers at once, and with an answer that gets lost."""

import copy
import inspect
import threading

import pytest
import stripe
from django.db import connections

from stripe_integrations import conf
from stripe_integrations.actions import MIRRORED, StripeAction
from stripe_integrations.models import StripeModel
from tests.actions.verb_cases import CASES
from tests.large_tables import large_table

pytestmark = [pytest.mark.django_db(transaction=True), large_table]

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
#: Verbs that act at Stripe as often as they are called.
each_single = pytest.mark.parametrize(
    "case", [case for case in CASES if not case.is_repeatable], ids=lambda case: case.id
)
#: Public methods of actions that do not act at Stripe.
LOCAL = {
    "get",
    "get_current_subscription",
    "has_active_subscription",
    "latest_invoice",
    "link_by_checkout",
    "of",
    "pdf_url",
    "preview",
    "sync_of",
    "upcoming",
    *(name for name in vars(StripeAction) if not name.startswith("_")),
}


def writes(api):
    """Return the requests that were to change something."""
    return [request for request in api.requests if request.method != "GET"]


def assert_mirror_is_like_stripe(api, kind):
    """Compare every row of a kind with its object, less what is never stored."""
    at_stripe = {**api.current.others, **api.objects}.get(kind.resource, {})
    if kind.is_below_customer:
        at_stripe = {id: each for kept in api.current.sources.values() for id, each in kept.items()}
    public = {
        id: {name: value for name, value in each.items() if name not in kind.secrets}
        for id, each in at_stripe.items()
    }
    rows = conf.model(kind.model).objects.all()
    assert {row.pk: row.stripe_data for row in rows if not row.is_deleted} == public
    assert [row.pk for row in rows if row.in_doubt] == []


def assert_is_stored(result):
    """Tell whether a verb that returned a row returned it as it is stored."""
    if isinstance(result, StripeModel):
        stored = type(result)._base_manager.get(pk=result.pk)
        names = [field.attname for field in stored._meta.concrete_fields]
        assert {name: getattr(result, name) for name in names} == {
            name: getattr(stored, name) for name in names
        }


def row_counts():
    """Return how many rows each mirror has that are not deleted."""
    models = {conf.model(name) for name in conf.SWAPPABLE}
    return {
        model: model._base_manager.filter(deleted_at=None).count()
        for model in models
        if issubclass(model, StripeModel)
    }


@each_case
def test_verb_acts_once_and_returns_what_is_stored(stripe_api, case):
    passed = case.prepare(stripe_api)
    stripe_api.requests.clear()
    result = case.call(passed)
    assert case.at_stripe(stripe_api) == case.expected
    assert_is_stored(result)
    assert_is_stored(passed)  # the row that was passed, too
    assert_mirror_is_like_stripe(stripe_api, case.action.kind)
    sent = writes(stripe_api)
    assert sent
    assert all(request.idempotency_key for request in sent if request.method == "POST")


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case.is_of_user], ids=lambda case: case.id
)
def test_id_in_place_of_a_row_does_the_same(stripe_api, case):
    passed = case.prepare(stripe_api)
    case.call(passed.stripe_id)
    assert case.at_stripe(stripe_api) == case.expected
    assert_mirror_is_like_stripe(stripe_api, case.action.kind)


@each_single
def test_two_callers_at_once_act_once(stripe_api, case, request):
    passed = case.prepare(stripe_api)
    request.getfixturevalue("two_at_once")
    results, errors = [], []

    def call():
        try:
            results.append(case.call(copy.copy(passed)))
        except Exception as error:  # noqa: BLE001 - of a thread
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len({getattr(each, "pk", None) for each in results}) == 1
    assert case.at_stripe(stripe_api) == case.expected
    assert_mirror_is_like_stripe(stripe_api, case.action.kind)


@each_single
def test_retry_of_a_call_whose_answer_was_lost_acts_once(stripe_api, case, request):
    passed = case.prepare(stripe_api)
    lost = request.getfixturevalue("lost_answers")
    for _ in range(20):
        try:
            result = case.call(passed)
        except stripe.APIConnectionError:
            continue
        break
    assert lost
    assert case.at_stripe(stripe_api) == case.expected
    assert_is_stored(result)
    assert_is_stored(passed)
    assert_mirror_is_like_stripe(stripe_api, case.action.kind)


@each_case
def test_error_of_stripes_is_passed_on_and_leaves_the_rows(stripe_api, case):
    passed = case.prepare(stripe_api)
    before, at_stripe = row_counts(), case.at_stripe(stripe_api)
    versions = passed.version if isinstance(passed, StripeModel) else None
    stripe_api.fail_with(402)
    with pytest.raises(stripe.StripeError) as error:
        case.call(passed)
    stripe_api.fail_with(None)
    assert error.value.http_status == 402
    assert row_counts() == before
    assert case.at_stripe(stripe_api) == at_stripe
    if versions is not None:
        passed.refresh_from_db()
        assert passed.version == versions


@each_case
def test_idempotency_key_of_the_callers_own_is_sent_as_it_is(stripe_api, case):
    passed = case.prepare(stripe_api)
    stripe_api.requests.clear()
    case.call(passed, idempotency_key="order 4711")
    assert case.at_stripe(stripe_api) == case.expected
    assert writes(stripe_api)[-1].idempotency_key == "order 4711"


#: Each verb that acts at Stripe, by the name that its case has.
VERBS = {
    method.__qualname__: method
    for action in MIRRORED.values()
    for name, method in inspect.getmembers(action, inspect.ismethod)
    if not name.startswith("_") and name not in LOCAL
}


@pytest.mark.parametrize("name", VERBS)
def test_verb_has_a_case_and_takes_an_idempotency_key(name):
    assert name in {getattr(case.action, case.verb).__qualname__ for case in CASES}
    parameter = inspect.signature(VERBS[name]).parameters["idempotency_key"]
    assert (parameter.kind, parameter.default) == (inspect.Parameter.KEYWORD_ONLY, None)
