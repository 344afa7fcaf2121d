import pytest

from stripe_integrations.checks import check_billing


def ids():
    return [message.id.removeprefix("stripe_integrations.") for message in check_billing()]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"GET_OWNER": "tests.api.test_me.bobs"}, []),
        ({"GET_OWNER": "tests.api.test_me.absent"}, ["E025"]),
        ({"GET_OWNER": "tests.api.test_me.PATHS"}, ["E025"]),
        ({"GET_OWNER": "absent"}, ["E025"]),
        ({"GET_OWNER": ids}, ["E025"]),
        ({"RETURN_ORIGINS": []}, []),
        ({"RETURN_ORIGINS": ["https://a.test", "http://localhost:3000", "https://[::1]"]}, []),
        ({"RETURN_ORIGINS": "https://a.test"}, ["E026"]),
        ({"RETURN_ORIGINS": ["a.test"]}, ["E026"]),
        ({"RETURN_ORIGINS": ["https://a.test/"]}, ["E026"]),
        ({"RETURN_ORIGINS": ["https://*.a.test"]}, ["E026"]),
        ({"RETURN_ORIGINS": ["https://a.test?b"]}, ["E026"]),
        ({"RETURN_ORIGINS": ["app://a.test", None]}, ["E026"]),
        ({"RETURN_ORIGINS": 5}, ["E026"]),
    ],
)
def test_setting_that_cannot_work_is_found(settings, given, expected):
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, **given}
    assert ids() == expected


@pytest.mark.parametrize(
    ("rate", "expected"),
    [("5/s", []), (None, []), ("often", ["E027"]), ("5/x", ["E027"]), ("5/", ["E027"])],
)
def test_rate_that_is_none_is_found(settings, rate, expected):
    settings.REST_FRAMEWORK = {"DEFAULT_THROTTLE_RATES": {"stripe": rate}}
    assert ids() == expected
