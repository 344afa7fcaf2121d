"""Accounts, and what payouts of theirs go to."""

import pytest

from stripe_integrations import conf, kinds
from stripe_integrations.mirror import fetch, rows, sync, write
from stripe_integrations.mirror.ordering import Snapshot
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNT = {
    "id": "acct_1",
    "object": "account",
    "business_profile": {"name": "Ada's Engines"},
    "business_type": "company",
    "capabilities": {"transfers": "active"},
    "charges_enabled": True,
    "country": "GB",
    "default_currency": "gbp",
    "details_submitted": True,
    "email": "ada@example.com",
    "payouts_enabled": False,
    "requirements": {"currently_due": ["external_account"], "disabled_reason": "listed"},
    "settings": {"dashboard": {"display_name": "Ada"}},
    "type": "custom",
}
#: As rendered before 2019-02-19.
OLD_ACCOUNT = {
    "id": "acct_1",
    "object": "account",
    "business_name": "Ada's Engines",
    "charges_enabled": True,
    "country": "GB",
    "default_currency": "gbp",
    "details_submitted": True,
    "display_name": "Ada",
    "email": "ada@example.com",
    "legal_entity": {"type": "company"},
    "payouts_enabled": False,
    "type": "custom",
    "verification": {
        "disabled_reason": "listed",
        "due_by": None,
        "fields_needed": ["external_account"],
    },
}


def columns(row):
    names = ("business_name", "business_type", "charges_enabled", "country", "currently_due",
             "default_currency", "details_submitted", "disabled_reason", "display_name", "email",
             "payouts_enabled", "type")  # fmt: skip
    return {name: getattr(row, name) for name in names}


def test_account_of_each_version_gives_the_same_columns():
    new = columns(sync.sync(kinds.ACCOUNT, ACCOUNT, None))
    rows.of_kind(kinds.ACCOUNT).all().delete()
    assert columns(sync.sync(kinds.ACCOUNT, OLD_ACCOUNT, None)) == new
    assert None not in new.values()


class TestWhoseRow:
    """The API lists connected accounts to us, and their own events change the same rows."""

    @pytest.fixture
    def row(self):
        answer = Snapshot(ACCOUNT, fetched_at=objects.NOW - 100, as_of=objects.NOW - 98)
        return write.write(kinds.ACCOUNT, answer)

    def test_event_of_a_connected_account_changes_the_row_the_api_has_given(self, row, deliver):
        data = {**ACCOUNT, "payouts_enabled": True}
        changed = Snapshot(data, "updated", objects.NOW, as_of=objects.NOW)
        written = write.write(kinds.ACCOUNT, changed, account="acct_1")
        assert (written.pk, written.account, written.payouts_enabled) == ("acct_1", None, True)
        assert rows.find_row(kinds.ACCOUNT, "acct_1", "acct_1") == row

    def test_event_of_another_account_changes_nothing(self, row):
        data = {**ACCOUNT, "payouts_enabled": True}
        forged = Snapshot(data, "updated", objects.NOW, as_of=objects.NOW)
        assert write.write(kinds.ACCOUNT, forged, account="acct_2") is None
        row.refresh_from_db()
        assert (row.account, row.payouts_enabled) == (None, False)

    def test_transfer_of_ours_is_linked_to_its_destination(self, row):
        transfer = {"id": "tr_1", "object": "transfer", "destination": "acct_1"}
        ours = sync.sync(kinds.TRANSFER, transfer, None)
        theirs = sync.sync(kinds.TRANSFER, {**transfer, "id": "tr_2"}, "acct_2")
        assert (ours.destination, theirs.destination) == (row, None)
        assert list(row.transfers.all()) == [ours]


@pytest.mark.parametrize(("kind", "prefix"), [(kinds.CARD, "card"), (kinds.BANK_ACCOUNT, "ba")])
def test_external_account_is_found_below_its_account(kind, prefix):
    data = {"id": f"{prefix}_1", "object": kind.object, "account": "acct_1"}
    row = sync.sync(kind, data, "acct_1")
    assert (row.account, row.customer) == ("acct_1", None)
    assert fetch.path(kind, row.stripe_data) == f"/v1/accounts/acct_1/external_accounts/{row.pk}"


def test_external_account_of_nobody_is_not_looked_for():
    with pytest.raises(ValueError, match="no row says whose it is"):
        fetch.path(kinds.CARD, {"id": "card_1", "account": None})


def test_doubt_about_an_external_account_is_put_to_its_account(stripe_api):
    data = {"id": "ba_1", "object": "bank_account", "account": "acct_1", "last4": "1111"}
    sync.sync(kinds.BANK_ACCOUNT, data, "acct_1")
    row = sync.sync(kinds.BANK_ACCOUNT, {**data, "last4": "2222"}, "acct_1")
    assert row.in_doubt  # the API of the tests has no external accounts
    asked = stripe_api.requests[-1]
    assert (asked.path, asked.account) == ("/v1/accounts/acct_1/external_accounts/ba_1", "acct_1")


def test_any_payload_of_an_account_is_taken():
    for odd in (
        {"business_profile": [], "requirements": [], "settings": None},
        {"business_profile": None, "capabilities": [], "metadata": [], "email": None},
        {"created": 1_672_662_288_000, "settings": {"dashboard": []}, "type": 5},
    ):
        assert conf.model("Account") is type(
            sync.sync(kinds.ACCOUNT, {**odd, "id": "acct_2"}, None)
        )
        rows.of_kind(kinds.ACCOUNT).all().delete()
