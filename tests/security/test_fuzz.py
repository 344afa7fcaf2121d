"""Anything at all, without a good signature: never a 500, never a change, never a secret.

FUZZ sets how many requests are made.
"""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stripe_integrations import conf
from stripe_integrations.testing import sign
from tests import conftest, endpoints
from tests.security.conftest import BODY, nothing_changed

pytestmark = pytest.mark.django_db(transaction=True)

FUZZ = int(os.environ.get("FUZZ", "200"))
SECRETS = (conftest.SECRET.encode(), endpoints.SECRET.encode())

#: What a header can carry at all: no line ends, nor NUL.
HEADER = st.binary(max_size=200).map(
    lambda raw: raw.translate(None, b"\r\n\0").strip() or b"x"
) | st.lists(
    st.tuples(
        st.sampled_from(["t", "v1", "v0", "", "T", "v2"]),
        st.sampled_from(["", "1", "-1", "99999999999999", "a" * 64, "é", "0x1"]) | st.text("0f "),
    ),
    max_size=6,
).map(lambda items: ",".join(f"{key}={value}" for key, value in items).encode().strip() or b"x")
BODIES = (
    st.just(BODY)
    | st.binary(max_size=300)
    | st.text(max_size=100).map(str.encode)
    | st.integers(0, len(BODY)).map(lambda place: BODY[:place] + b"?" + BODY[place:])
)
#: The empty one stands for a signature by somebody who guesses the secret.
SIGNATURES = st.none() | HEADER | st.just(b"")
METHODS = st.sampled_from(["POST"] * 12 + ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
OTHER_HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "Content-Type",
            "Content-Encoding",
            "Accept",
            "X-Forwarded-For",
            "Cookie",
            "Host",
            "Origin",
        ]
    ),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60),
    max_size=3,
)


@pytest.fixture
def paths():
    """The plain route, endpoints in each state, and uuids that are nobody's."""
    known = [
        endpoints.endpoint(),
        endpoints.endpoint("we_disabled", status="disabled"),
        endpoints.endpoint("we_without", secret=None),
        endpoints.endpoint("we_live", livemode=True),
        endpoints.endpoint("we_none", validation_method="none", secret=None),
        endpoints.endpoint("we_account", account="acct_1"),
        endpoints.endpoint("we_asking", validation_method="retrieve_event", secret=None),
    ]
    odd = ["x", "%00", "..", "%2e%2e", "0" * 32, "%ff", "a b".replace(" ", "%20")]
    return [
        "/stripe/webhook",
        "/stripe/webhook?format=xml",
        *map(endpoints.path, known),
        *(f"/stripe/webhook/{each}" for each in odd),
    ]


def forged(body):
    """Signed by somebody who guesses."""
    return sign(body, "whsec_guess")["Stripe-Signature"].encode()


def test_forged_request_is_never_believed(poster, paths, caplog, summary):
    statuses = {}

    @settings(
        max_examples=FUZZ, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(
        st.sampled_from(paths), METHODS, BODIES, st.none() | HEADER | st.just(b""), OTHER_HEADERS
    )
    def refused(path, method, body, header, others):
        signature = forged(body) if header == b"" else header
        headers = {**others, **({} if signature is None else {"Stripe-Signature": signature})}
        status, answer = poster.send(body, headers, method, path)
        assert status in (400, 404, 405), (status, answer)
        assert not [secret for secret in SECRETS if secret in answer]
        statuses[status] = statuses.get(status, 0) + 1

    refused()
    assert nothing_changed()
    assert not conf.model("Event").objects.exists()
    kept = str([row.__dict__ for row in endpoints.triggers()])
    for secret in (conftest.SECRET, endpoints.SECRET, "sk_test_123"):
        assert secret not in caplog.text
        assert secret not in kept
    summary(f"{sum(statuses.values())} forged requests: answered {statuses}, nothing changed")
