"""Connected accounts whose objects share ids, both modes at one endpoint, and deauthorizations."""

import io
import itertools
from datetime import datetime, timezone

import pytest
from django.core.management import call_command

from stripe_integrations import actions, conf
from stripe_integrations.mirror import authorizations
from stripe_integrations.testing import objects
from tests import endpoints

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNTS = ("acct_1", "acct_2")
LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.utc)
#: Resource -> the kind of object whose ids people choose.
CHOSEN = {"coupons": "coupon", "plans": "plan", "products": "product"}


def rows(name):
    return conf.model(name).objects


def run(command, *args):
    """Return what a command says; CommandError if it finds something wrong."""
    out = io.StringIO()
    call_command(command, *args, stdout=out, stderr=out)
    return out.getvalue()


class TestSharedIds:
    @pytest.fixture
    def api(self, stripe_api):
        stripe_api.clock = objects.NOW - 600
        return stripe_api

    @pytest.fixture
    def connect(self, poster):
        poster.path = endpoints.path(endpoints.endpoint(application="ca_1"))
        return poster

    def act(self, api, verb, value):
        """Let each account do the same to an object of each kind; return the events."""
        api.clock += 60
        messages = []
        for account in ACCOUNTS:
            with api.acting_for(account) as held:
                known = len(held.events)
                for resource in CHOSEN:
                    metadata = {"metadata": {"of": account, "n": value}}
                    if verb == "create":
                        api.create(resource, {"id": "gold", **metadata})
                    elif verb == "change":
                        api.change(resource, "gold", metadata)
                    else:
                        api.delete(resource, "gold")
                new = list(held.events.values())[known:]
                messages += [{**message, "account": account} for message in new]
        return messages

    def post(self, connect, messages):
        for message in messages:
            assert connect.signed(objects.body(message), endpoints.SECRET) == 200

    def assert_mirror_is_right(self, api):
        for account, (resource, kind) in itertools.product(ACCOUNTS, CHOSEN.items()):
            row = actions.find(kind, "gold", account)
            with api.acting_for(account) as held:
                data = held.objects[resource].get("gold")
            assert (None if row.is_deleted else row.stripe_data) == data, (account, kind)
            assert (row.account, row.pk) == (account, f"{account}/gold")
            assert actions.find(kind, "gold") is None

    def test_events_of_both_accounts_change_their_own_rows(self, api, connect):
        for verb, value in (("create", "1"), ("change", "2"), ("delete", ""), ("create", "3")):
            self.post(connect, self.act(api, verb, value))
            self.assert_mirror_is_right(api)

    def test_lists_of_both_accounts_are_read_into_their_own_rows(self, api):
        self.act(api, "create", "1")
        for account, kind in itertools.product(ACCOUNTS, CHOSEN.values()):
            assert actions.MIRRORED[kind].sync_all(account=account) == 1
        self.assert_mirror_is_right(api)

    def test_what_never_arrived_is_caught_up_for_both_accounts(self, api, connect):
        self.post(connect, self.act(api, "create", "1"))
        self.act(api, "change", "2")
        assert "acct_2: 6 events listed" in run("stripe_catch_up")
        self.assert_mirror_is_right(api)

    def test_what_was_lost_for_both_accounts_is_found_and_repaired(self, api, connect):
        self.post(connect, self.act(api, "create", "1"))
        self.act(api, "change", "2")
        told = run("stripe_verify", *CHOSEN.values(), "--fix")
        for account, kind in itertools.product(ACCOUNTS, CHOSEN.values()):
            assert f"fixed stale {kind} gold of {account}: metadata" in told
        self.assert_mirror_is_right(api)

    def test_missing_rows_of_both_accounts_are_found_and_added(self, api, connect):
        self.post(connect, self.act(api, "create", "1"))
        names = {kind: actions.MIRRORED[kind].kind.model for kind in CHOSEN.values()}
        for account, kind in itertools.product(ACCOUNTS, names):
            rows("Charge").get_or_create(id=f"ch_{account}", account=account)  # so it is known
            rows(names[kind]).filter(account=account).delete()
            rows(names[kind]).create(id=f"{account}/other", account=account, deleted_at=LONG_AGO)
        told = run("stripe_verify", *names, "--fix")
        for account, kind in itertools.product(ACCOUNTS, names):
            assert f"fixed missing {kind} gold of {account}" in told
        self.assert_mirror_is_right(api)

    def test_extra_rows_of_both_accounts_are_found_and_deleted(self, api, connect):
        self.post(connect, self.act(api, "create", "1"))
        self.act(api, "delete", "")
        for kind in CHOSEN.values():  # this key has seen them
            fingerprint = conf.api_key_fingerprint()
            rows(actions.MIRRORED[kind].kind.model).update(read_by=fingerprint)
        told = run("stripe_verify", *CHOSEN.values(), "--fix")
        for account, kind in itertools.product(ACCOUNTS, CHOSEN.values()):
            assert f"fixed extra {kind} gold of {account}" in told
        self.assert_mirror_is_right(api)

    def test_row_that_only_one_account_has_lost_is_added_to_that_one(self, api, connect):
        self.post(connect, self.act(api, "create", "1"))
        with api.acting_for("acct_1"):
            api.delete("products", "gold")
        rows("Coupon").filter(account="acct_2").update(deleted_at=LONG_AGO)
        rows("Product").update(read_by=conf.api_key_fingerprint())
        *told, _result = run("stripe_verify", *CHOSEN.values(), "--fix").splitlines()
        assert sorted(told) == [
            "fixed extra product gold of acct_1",
            "fixed missing coupon gold of acct_2",
        ]
        self.assert_mirror_is_right(api)


class TestModes:
    def test_live_endpoint_stores_live_objects_of_both_modes_it_gets(self, poster, settings):
        given = settings.STRIPE_INTEGRATIONS
        settings.STRIPE_INTEGRATIONS = {**given, "API_KEY": "sk_live_123"}
        row = endpoints.endpoint(application="ca_1", livemode=True)
        poster.path = endpoints.path(row)
        for livemode in (False, True):
            data = objects.product(f"prod_{livemode}", livemode=livemode)
            message = objects.event("product.created", data, livemode=livemode, account="acct_1")
            assert poster.signed(objects.body(message), endpoints.SECRET) == 200
        assert dict(rows("Event").values_list("livemode", "status")) == {
            False: "ignored",
            True: "processed",
        }
        assert rows("Product").get().livemode is True


def authorization(verb, seconds=0, account="acct_1", **extra):
    """Return an event of that many seconds after NOW."""
    application = {"id": "ca_1", "object": "application", "name": "Ours"}
    whose = {"account": account} if account else {}
    kind = f"account.application.{verb}"
    return objects.event(kind, application, created=objects.NOW + seconds, **whose, **extra)


def deauthorized():
    return {row.pk: row.deauthorized_at is not None for row in rows("Account").all()}


class TestDeauthorization:
    def test_account_is_marked_and_its_rows_stay(self, poster):
        data = {"id": "acct_1", "object": "account", "email": "ada@example.com"}
        poster.event(objects.event("account.updated", data, account="acct_1"))
        poster.event(objects.event("product.created", objects.product(), account="acct_1"))
        assert poster.event(authorization("deauthorized", 60)) == 200
        account = rows("Account").get()
        assert account.deauthorized_at.timestamp() == objects.NOW + 60
        assert (account.email, account.is_deleted) == ("ada@example.com", False)
        assert not rows("Product").get().is_deleted

    @pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
    def test_newest_event_decides_in_any_order(self, poster, order):
        for last, marked in (("deauthorized", True), ("authorized", False)):
            first = "authorized" if marked else "deauthorized"
            account = f"acct_{last}"
            data = {"id": account, "object": "account"}
            messages = [
                authorization(first, 0, account),
                authorization(last, 60, account),
                objects.event("account.updated", data, created=objects.NOW + 30, account=account),
            ]
            for number in order:
                assert poster.event(messages[number]) == 200
            assert deauthorized()[account] is marked

    def test_deauthorization_within_a_second_of_the_authorization_counts(self, deliver):
        deliver(authorization("deauthorized"), authorization("authorized"))
        assert deauthorized() == {"acct_1": True}

    def test_other_accounts_are_not_marked(self, deliver):
        rows("Account").create(id="acct_2")
        deliver(authorization("deauthorized"), authorization("deauthorized", account=None))
        assert deauthorized() == {"acct_1": True, "acct_2": False}

    def test_event_of_the_other_mode_marks_nothing(self, poster):
        assert poster.event(authorization("deauthorized", livemode=True)) == 200
        assert deauthorized() == {}

    def test_project_without_rows_of_accounts_gets_none(self, deliver, settings):
        mirror = {"account": False}
        settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "MIRROR": mirror}
        deliver(authorization("deauthorized"))
        assert deauthorized() == {}

    def test_rows_of_the_account_are_left_out_by_authorized(self, deliver):
        for account in (*ACCOUNTS, None):
            whose = {"account": account} if account else {}
            product = objects.product(f"of_{account}")
            customer = objects.customer(f"cus_{account}")
            deliver(
                objects.event("product.created", product, **whose),
                objects.event("customer.created", customer, **whose),
            )
        rows("Account").create(id="acct_2")
        deliver(authorization("deauthorized"))
        for name, prefix in (("Product", "of"), ("Customer", "cus")):
            left = rows(name).authorized().order_by("account")
            assert {row.stripe_id for row in left} == {f"{prefix}_acct_2", f"{prefix}_None"}
        assert rows("Product").not_deleted().authorized().count() == 2
        assert [row.pk for row in rows("Account").authorized()] == ["acct_2"]
        deliver(authorization("authorized", 60))
        assert rows("Product").authorized().count() == 3
        assert rows("Account").authorized().count() == 2

    def test_commands_leave_the_account_out(self, stripe_api, deliver):
        for account in ACCOUNTS:
            with stripe_api.acting_for(account) as held:
                stripe_api.create("products", {"id": "gold"})
                deliver(*({**each, "account": account} for each in held.events.values()))
        stripe_api.revoked.add("acct_1")
        deliver(authorization("deauthorized"))
        assert authorizations.withdrawn() == {"acct_1"}
        assert "acct_1" not in run("stripe_catch_up")
        run("stripe_verify", "product")
        assert {each.account for each in stripe_api.requests} == {None, "acct_2"}
