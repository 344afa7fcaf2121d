"""What Stripe knows about a person is neither asked for nor stored, unless the project wants it."""

import pytest

from stripe_integrations import conf, kinds
from stripe_integrations.actions import find
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db(transaction=True)

SESSION = "identity.verification_session"
ACCOUNT = "v2.core.account"
FOUND_OUT = {
    "last_verification_report": "vr_1",
    "provided_details": {"email": "ada@example.com"},
    "related_person": {"person": "person_1"},
    "verified_outputs": {"first_name": "Ada"},
}
SECRETS = {"client_secret": "vs_1_secret", "url": "https://verify.stripe.com/start/x"}
IDENTITY = {"individual": {"given_name": "Ada"}}


@pytest.fixture
def keep(settings):
    def keep(*names):
        given = settings.STRIPE_INTEGRATIONS
        settings.STRIPE_INTEGRATIONS = {**given, "KEEP_PERSONAL_DATA": list(names)}

    return keep


class TestVerificationSession:
    def row(self, deliver):
        data = objects.build(SESSION, "vs_1", status="verified", **FOUND_OUT, **SECRETS)
        deliver(objects.event(f"{SESSION}.verified", data))
        return find(SESSION, "vs_1")

    def test_personal_data_are_left_out_by_default(self, deliver):
        row = self.row(deliver)
        assert row.status == "verified"
        assert not row.stripe_data.keys() & {*FOUND_OUT, *SECRETS}

    def test_personal_data_of_a_kind_that_is_named_are_kept_without_the_secrets(
        self, deliver, keep
    ):
        keep(SESSION)
        data = self.row(deliver).stripe_data
        assert {name: data[name] for name in FOUND_OUT} == FOUND_OUT
        assert not data.keys() & SECRETS.keys()

    def test_personal_data_of_another_kind_are_left_out(self, deliver, keep):
        keep(ACCOUNT)
        assert not self.row(deliver).stripe_data.keys() & FOUND_OUT.keys()


class TestAccount:
    """Accounts of the second API, of which the events say nothing."""

    @pytest.fixture
    def account(self, stripe_api):
        data = {
            "id": "acct_9",
            "object": ACCOUNT,
            "configuration": {"customer": {"shipping": None}, "merchant": {"mcc": "5734"}},
            "created": "2026-10-01T00:00:00.000Z",
            "defaults": {"currency": "eur"},
            "future_requirements": {"entries": []},
            "identity": IDENTITY,
            "livemode": False,
            "requirements": {"entries": [{"description": "x"}]},
        }
        stripe_api.current.v2_accounts["acct_9"] = data
        return data

    def data(self, deliver):
        deliver(objects.thin_event(f"{ACCOUNT}[requirements].updated", ACCOUNT, "acct_9"))
        return find(ACCOUNT, "acct_9").stripe_data

    def test_account_is_read_with_all_but_the_identity(self, deliver, stripe_api, account):
        stored = self.data(deliver)
        assert "identity" not in stored
        for name in ("defaults", "future_requirements", "requirements"):
            assert stored[name] == account[name]
        configuration = {**account["configuration"], "recipient": None}
        assert stored["configuration"] == configuration
        (request,) = stripe_api.requests
        assert "identity" not in request.params["include"]

    def test_identity_is_asked_for_and_kept_if_the_kind_is_named(self, deliver, keep, account):
        keep(ACCOUNT)
        assert self.data(deliver)["identity"] == IDENTITY

    def test_include_names_what_the_sdk_knows(self):
        params = pytest.importorskip(
            "stripe.params.v2.core._account_retrieve_params", reason="the SDK is older"
        )
        hint = params.AccountRetrieveParams.__annotations__["include"]
        text = getattr(hint, "__forward_arg__", str(hint))
        for name in kinds.V2_ACCOUNT.include:
            assert name in text


def test_secrets_and_personal_data_are_told_apart():
    kind = kinds.VERIFICATION_SESSION
    assert kind.secrets == SECRETS.keys()
    assert kind.personal == FOUND_OUT.keys()
    assert conf.withheld(kind) == kind.secrets | kind.personal
