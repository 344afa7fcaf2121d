"""`stripe_sync` against the fake Stripe: what it writes, what it asks, and where it goes on."""

from datetime import timedelta
from io import StringIO

import pytest
import stripe
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models.signals import post_save
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stripe_integrations import conf, kinds
from stripe_integrations.actions import StripeCustomer, StripeTaxId
from stripe_integrations.management.kind_names import LISTS
from stripe_integrations.operations import backfill, pace, queued_backfill, windows
from stripe_integrations.signals import mirror_changed
from stripe_integrations.testing import objects
from stripe_integrations.testing.fake_stripe import Refused

pytestmark = pytest.mark.django_db(transaction=True)

START = 1_600_000_000


@pytest.fixture(autouse=True)
def fast(stripe_api, settings):
    """No waiting between calls."""
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "SYNC_RATE": 100_000}


@pytest.fixture
def customers(stripe_api):
    """250 customers, one of every hour."""
    return fill(stripe_api, 250)


def fill(stripe_api, count, *, step=3600, first=0):
    held = stripe_api.objects["customers"]
    for number in range(first, first + count):
        id = f"cus_{number:05d}"
        held[id] = objects.customer(id, created=START + number * step, metadata={})
    return held


def sync(*names, **options):
    out = StringIO()
    call_command("stripe_sync", *names, stdout=out, stderr=out, **options)
    return out.getvalue()


def rows(name="Customer"):
    return conf.model(name).objects


def mirrored(name="Customer"):
    return {row.pk: row.stripe_data for row in rows(name).filter(deleted_at=None)}


def listings(stripe_api):
    return [each for each in stripe_api.requests if each.path == "/v1/customers"]


@pytest.mark.parametrize("concurrency", [1, 8])
def test_empty_mirror_becomes_equal_to_the_list(stripe_api, customers, concurrency):
    assert "customers: 250 synced." in sync("customers", concurrency=concurrency)
    assert mirrored() == customers
    assert not rows().filter(in_doubt=True).exists()
    assert not windows.all_windows().exists()


def test_readers_without_work_share_what_is_left(stripe_api):
    held = fill(stripe_api, 3000)
    sync("customers", concurrency=8)
    assert mirrored() == held
    starts = {each.params["created"]["gte"] for each in listings(stripe_api)}
    assert len(starts) > 8


def test_objects_of_one_second_are_all_listed(stripe_api):
    held = fill(stripe_api, 250, step=0)
    sync("customers", concurrency=4)
    assert mirrored() == held
    reads = [each for each in stripe_api.requests if each.path != "/v1/customers"]
    assert reads == []


def test_numbers_that_no_database_holds_are_cleaned(stripe_api):
    numbers = {"a": 10.0, "b": float("inf"), "c": 1e300, "d": 12.5}
    data = {**objects.coupon("SPRING"), "numbers": numbers}
    stripe_api.objects["coupons"] = {"SPRING": data}
    sync("coupons", concurrency=1)
    stored = rows("Coupon").get().stripe_data["numbers"]
    assert stored == {"a": 10, "b": None, "c": int(1e300), "d": 12.5}
    assert type(stored["a"]) is int


def test_deleted_object_in_a_list_is_a_deleted_row(stripe_api):
    stub = {"id": "cus_gone", "object": "customer", "deleted": True}
    stripe_api.objects["customers"] = {"cus_gone": stub}
    sync("customers", concurrency=1)
    assert rows().get().is_deleted


def test_first_sync_takes_one_statement_a_page(stripe_api, monkeypatch):
    monkeypatch.setattr(backfill, "STORE_AFTER", 600)

    def statements(count):
        stripe_api.reset()
        fill(stripe_api, count)
        rows().all().delete()
        with CaptureQueriesContext(connection) as captured:
            sync("customers", concurrency=1)
        begins = ("SAVEPOINT", "BEGIN", "COMMIT", "RELEASE")
        # SQLite also begins each transaction with a write that writes nothing.
        return [
            each["sql"]
            for each in captured
            if not each["sql"].startswith(begins) and not each["sql"].endswith("= ''")
        ]

    more = len(statements(1200)) - len(statements(200))
    check = connection.vendor == "mysql"  # whose count of rows does not tell which were written
    assert more == (2 if check else 1) * 10


def test_windows_row_says_twice_a_second_how_far_it_is(stripe_api, customers, monkeypatch):
    monkeypatch.setattr(backfill, "STORE_AFTER", 0)
    stored, checkpoint = [], windows.checkpoint

    def note(window):
        stored.append((window.count, window.is_finished))
        checkpoint(window)

    monkeypatch.setattr(windows, "checkpoint", note)
    sync("customers", concurrency=1)
    assert stored == [(100, False), (200, False), (250, True)]
    stored.clear()
    monkeypatch.setattr(backfill, "STORE_AFTER", 600)
    sync("customers", concurrency=1)
    assert stored == [(250, True)]


def test_second_run_writes_only_what_changed(stripe_api, customers):
    sync("customers")
    rows().update(as_of=START, fetched_at=START)
    customers["cus_00007"] = {**customers["cus_00007"], "name": "Grace"}
    sync("customers")
    versions = set(rows().exclude(pk="cus_00007").values_list("version", flat=True))
    assert versions == {1}
    row = rows().get(pk="cus_00007")
    assert (row.name, row.version) == ("Grace", 2)


def test_row_written_by_a_later_event_is_left_alone(stripe_api, customers):
    sync("customers")
    newer = {**customers["cus_00007"], "name": "Grace"}
    rows().filter(pk="cus_00007").update(
        stripe_data=newer, name="Grace", as_of=stripe_api.now() + 100, fetched_at=None
    )
    customers["cus_00007"] = newer
    sync("customers")
    assert rows().get(pk="cus_00007").name == "Grace"


def test_event_between_answer_and_write_is_not_overwritten(
    stripe_api, customers, before_each_answer, poster
):
    """The page is made, then the object changes and its event arrives, then the page is written."""
    changed = {}

    def change(request):
        if request.path == "/v1/customers" and not changed:
            changed.update({**customers["cus_00249"], "name": "Grace"})
            stripe_api.objects["customers"]["cus_00249"] = dict(changed)
            event = objects.event(
                "customer.updated", dict(changed), previous={"name": None}, created=stripe_api.now()
            )
            assert poster.event(event) == 200

    before_each_answer(change)
    sync("customers", concurrency=1)
    assert rows().get(pk="cus_00249").name == "Grace"
    assert mirrored() == stripe_api.objects["customers"]


class TestResuming:
    def test_failed_run_goes_on_where_it_was(self, stripe_api, customers, monkeypatch):
        answer = stripe_api.answer

        def fail_at_the_third(method, parts, params):
            if params.get("starting_after") == "cus_00050":
                raise_refused()
            return answer(method, parts, params)

        monkeypatch.setattr(stripe_api, "answer", fail_at_the_third)
        with pytest.raises(CommandError, match="Give the command again"):
            sync("customers", concurrency=1)
        assert rows().count() == 200
        monkeypatch.setattr(stripe_api, "answer", answer)
        stripe_api.requests.clear()
        sync("customers", concurrency=1)
        assert [each.params.get("starting_after") for each in listings(stripe_api)] == ["cus_00050"]
        assert mirrored() == customers

    def test_interrupted_run_goes_on_where_it_was(self, stripe_api, customers, monkeypatch):
        told = []

        def interrupt(self, count):
            told.append(count)
            if len(told) == 2:
                raise KeyboardInterrupt

        monkeypatch.setattr("stripe_integrations.management.progress_bars.SyncBar.add", interrupt)
        with pytest.raises(KeyboardInterrupt):
            sync("customers", concurrency=1)
        monkeypatch.undo()
        stripe_api.requests.clear()
        assert "customers: 50 synced." in sync("customers", concurrency=1)
        assert mirrored() == customers

    def test_object_to_start_after_may_be_gone(self, stripe_api, customers, monkeypatch):
        sync_two_pages(monkeypatch)
        del customers["cus_00050"]
        sync("customers", concurrency=1)
        assert mirrored().keys() - {"cus_00050"} == customers.keys()

    def test_run_with_another_since_is_another_run(self, stripe_api, customers, monkeypatch):
        sync_two_pages(monkeypatch)
        assert "customers: 250 synced." in sync("customers", "--since=2020-01-01", concurrency=1)

    def test_second_command_takes_over(self, stripe_api, customers):
        (window,) = map(windows.take, windows.begin_or_resume(kinds.CUSTOMER, None, None))
        sync("customers", concurrency=1)
        with pytest.raises(windows.TakenOver, match="Another stripe_sync"):
            windows.checkpoint(window)

    def test_reader_that_was_overtaken_stores_nothing(self, customers):
        (first,) = map(windows.take, windows.begin_or_resume(kinds.CUSTOMER, None, None))
        (second,) = map(windows.take, windows.begin_or_resume(kinds.CUSTOMER, None, None))
        first.count, second.count = 100, 200
        with pytest.raises(windows.TakenOver):
            windows.checkpoint(first)
        windows.checkpoint(second)
        assert windows.all_windows().get().count == 200


def raise_refused():
    raise Refused(400, "The test says so.")


def sync_two_pages(monkeypatch):
    """Interrupt a run after its second page."""
    told = []

    def interrupt(self, count):
        told.append(count)
        if len(told) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("stripe_integrations.management.progress_bars.SyncBar.add", interrupt)
        with pytest.raises(KeyboardInterrupt):
            sync("customers", concurrency=1)


class TestAbsentRows:
    @pytest.fixture
    def gone(self, stripe_api, customers):
        """Three rows whose objects were deleted without an event."""
        sync("customers")
        rows().update(as_of=START, fetched_at=START)
        for id in ("cus_00000", "cus_00100", "cus_00249"):
            stripe_api.current.deleted[id] = {"id": id, "object": "customer", "deleted": True}
            del customers[id]
        stripe_api.requests.clear()
        return customers

    def test_object_that_is_gone_leaves_a_tombstone(self, stripe_api, gone):
        assert "247 synced, 3 were gone." in sync("customers", concurrency=4)
        assert mirrored() == gone
        assert rows().exclude(deleted_at=None).count() == 3
        reads = [each for each in stripe_api.requests if each.path != "/v1/customers"]
        assert len(reads) == 3

    def test_filtered_run_deletes_nothing(self, stripe_api, gone):
        sync("customers", "--since=2020-01-01")
        assert not rows().exclude(deleted_at=None).exists()

    def test_row_of_an_object_that_is_only_not_listed_stays(self, stripe_api, customers):
        sync("customers")
        rows().update(as_of=START, fetched_at=START)
        hidden = customers.pop("cus_00100")
        answer = stripe_api.answer

        def show_it(method, parts, params):
            return hidden if parts[-1] == "cus_00100" else answer(method, parts, params)

        stripe_api.answer = show_it
        try:
            sync("customers")
        finally:
            stripe_api.answer = answer
        assert not rows().get(pk="cus_00100").is_deleted

    def test_refused_read_ends_the_run(self, stripe_api, gone, monkeypatch):
        answer = stripe_api.answer

        def refuse_reads(method, parts, params):
            if len(parts) > 1:
                raise Refused(403, "The key may not read customers.")
            return answer(method, parts, params)

        monkeypatch.setattr(stripe_api, "answer", refuse_reads)
        with pytest.raises(CommandError, match="Not every list"):
            sync("customers", concurrency=1)
        assert not rows().exclude(deleted_at=None).exists()


def test_answer_of_429_is_waited_for(stripe_api, customers, monkeypatch):
    monkeypatch.setattr(pace, "pause_after", lambda refusals: 0)
    answer, refused = stripe_api.answer, []

    def refuse_twice(method, parts, params):
        if len(refused) < 2:
            refused.append(params)
            raise Refused(429, "Too many requests.", code="rate_limit")
        return answer(method, parts, params)

    monkeypatch.setattr(stripe_api, "answer", refuse_twice)
    sync("customers", concurrency=1)
    assert len(refused) == 2
    assert mirrored() == customers


def test_users_that_metadata_name_are_linked(stripe_api, customers):
    ada = get_user_model().objects.create_user("ada")
    customers["cus_00003"]["metadata"] = {"user_id": str(ada.pk)}
    customers["cus_00004"]["metadata"] = {"user_id": "4711"}
    sync("customers")
    assert list(rows().exclude(user=None).values_list("pk", "user")) == [("cus_00003", ada.pk)]


def test_users_that_checkouts_name_are_linked(stripe_api, customers):
    ada = get_user_model().objects.create_user("ada")
    stripe_api.create(
        "checkout/sessions",
        {"customer": "cus_00003", "client_reference_id": str(ada.pk), "status": "complete"},
    )
    sync("customers", "checkout_sessions")
    assert rows().get(pk="cus_00003").user == ada


def test_parts_follow_their_owners(stripe_api):
    stripe_api.create("prices", {"id": "price_gold"})
    stripe_api.create("customers", {"id": "cus_ada"})
    for number in range(3):
        items = [{"price": "price_gold"}] * (number + 1)
        stripe_api.create(
            "subscriptions", {"id": f"sub_{number}", "customer": "cus_ada", "items": items}
        )
    sync("subscriptions")
    counts = [row.items.count() for row in rows("Subscription").order_by("pk")]
    assert counts == [1, 2, 3]


def test_kinds_below_customers_are_read_customer_by_customer(stripe_api):
    for number in range(25):
        stripe_api.create("customers", {"id": f"cus_{number}"})
        stripe_api.create("payment_methods", {"id": f"pm_{number}", "customer": f"cus_{number}"})
    sync("customers", "payment_methods", concurrency=3)
    assert mirrored("PaymentMethod") == stripe_api.objects["payment_methods"]


def test_receivers_of_saves_see_each_row(stripe_api, customers):
    seen = []

    def note(instance, **kwargs):
        seen.append(instance.pk)

    post_save.connect(note, sender=conf.model("Customer"))
    try:
        sync("customers")
    finally:
        post_save.disconnect(note, sender=conf.model("Customer"))
    assert sorted(seen) == sorted(customers)


def test_receivers_of_changes_see_each_row(stripe_api, customers):
    seen = []

    def note(instance, created, event, **_kwargs):
        seen.append((instance.pk, created, event))

    mirror_changed.connect(note, sender=conf.model("Customer"))
    try:
        sync("customers")
        sync("customers")
    finally:
        mirror_changed.disconnect(note, sender=conf.model("Customer"))
    assert sorted(seen) == [(id, True, None) for id in sorted(customers)]


def test_receiver_of_changes_that_raises_undoes_the_write(stripe_api, customers):
    def fail(**_kwargs):
        raise RuntimeError("not today")

    mirror_changed.connect(fail, sender=conf.model("Customer"))
    try:
        with pytest.raises(RuntimeError, match="not today"):
            StripeCustomer.sync_all()
    finally:
        mirror_changed.disconnect(fail, sender=conf.model("Customer"))
    assert not conf.model("Customer").objects.exists()


def test_all_kinds_are_read_without_a_name(stripe_api):
    stripe_api.create("products", {"id": "prod_1"})
    out = sync()
    assert "products: 1 synced." in out
    assert len(out.splitlines()) == len(LISTS)


def test_account_is_read_with_its_own_lists(stripe_api):
    with stripe_api.acting_for("acct_x"):
        stripe_api.create("coupons", {"id": "HALF"})
    sync("coupons", account=["acct_x"])
    assert rows("Coupon").get().pk == "acct_x/HALF"


def test_mode_of_the_key_is_refused(stripe_api, customers):
    customers["cus_00003"]["livemode"] = True
    with pytest.raises((CommandError, stripe.StripeError)):
        sync("customers")


@pytest.mark.parametrize("name", ["customers", "products", "prices", "coupons"])
def test_command_of_upstream_syncs_its_kind(stripe_api, name):
    stripe_api.create(name, {"id": "one"})
    out = StringIO()
    call_command(f"sync_stripe_{name}", stdout=out)
    assert out.getvalue() == f"{name}: 1 synced.\n"


@pytest.mark.parametrize(
    ("names", "options", "message"),
    [
        (["customer_s"], {}, "has no list of customer_s"),
        (["invoice_lines"], {}, "has no list of invoice_lines"),
        (["customers"], {"concurrency": 0}, "from 1 to 32"),
        (["customers"], {"queue": True}, "QUEUE names no module"),
    ],
)
def test_bad_arguments_are_refused(names, options, message):
    with pytest.raises(CommandError, match=message):
        sync(*names, **options)


def test_kind_that_mirror_leaves_out_is_refused(stripe_api, settings):
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "MIRROR": {"coupon": False}}
    with pytest.raises(CommandError, match="MIRROR leaves out coupons"):
        sync("coupons")
    assert "coupons" not in sync()


def test_command_without_a_key_says_what_to_set(settings):
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "API_KEY": None}
    with pytest.raises(CommandError, match="API_KEY"):
        sync("customers")


def test_run_holds_few_pages_at_a_time(stripe_api, monkeypatch):
    """However slow the writer is, each reader is at most two pages ahead, and reads a third."""
    fill(stripe_api, 2000)
    ahead = []
    write = backfill.pages.write_prepared

    def note(*args, **kwargs):
        ahead.append(len(listings(stripe_api)) - len(ahead))
        return write(*args, **kwargs)

    monkeypatch.setattr(backfill.pages, "write_prepared", note)
    sync("customers", concurrency=4)
    assert max(ahead) <= 3 * 4


class TestSecondReaders:
    """What two readers of one run do to each other."""

    def test_window_that_is_split_again_after_a_lost_commit_keeps_its_span(self, monkeypatch):
        (window,) = map(windows.take, windows.begin_or_resume(kinds.CUSTOMER, None, None))
        window.start = START
        windows.all_windows().update(start=START)
        run_atomic = windows.transactions.run_atomic

        def run_twice(work, *databases):
            with transaction.atomic():
                work()
                transaction.set_rollback(True)
            return run_atomic(work, *databases)

        monkeypatch.setattr(windows.transactions, "run_atomic", run_twice)
        end = START + 1000
        parts = windows.split(window, end, 3)
        spans = sorted([(each.start, each.end) for each in parts] + [(window.start, end)])
        assert spans[0][0] == START
        assert [first[1] for first in spans[:-1]] == [second[0] for second in spans[1:]]

    def test_window_that_another_reader_cuts_off_is_read_all_the_same(
        self, stripe_api, customers, monkeypatch
    ):
        take, taken = windows.take, []

        def cut_first(window):
            if not taken:
                taken.append(take(window))
                windows.split(taken[0], START + 250 * 3600, 1)
            return take(window)

        monkeypatch.setattr(windows, "take", cut_first)
        sync("customers", concurrency=1)
        assert mirrored() == customers

    def test_run_that_was_removed_meanwhile_is_taken_over(self):
        (window,) = windows.begin_or_resume(kinds.CUSTOMER, None, None)
        windows.remove(kinds.CUSTOMER, None, None)
        with pytest.raises(windows.TakenOver):
            windows.take(window)


class TestInWorkers:
    """The tasks of a queued run, called one after the other."""

    def work_off(self, waiting):
        while waiting:
            queued_backfill.read_part(waiting.pop(0), waiting.append)

    def test_queued_run_fills_the_mirror(self, customers):
        waiting = []
        queued_backfill.enqueue_run(kinds.CUSTOMER, None, None, waiting.append)
        assert len(waiting) == queued_backfill.WINDOWS
        self.work_off(waiting)
        assert mirrored() == customers
        assert not windows.all_windows().exists()

    def test_run_that_was_read_and_not_finished_blocks_no_other(self, customers, monkeypatch):
        waiting = []
        queued_backfill.enqueue_run(kinds.CUSTOMER, None, None, waiting.append)
        with monkeypatch.context() as patch:
            patch.setattr(backfill, "finish_run", lambda *_args: None)
            self.work_off(waiting)
        assert windows.all_windows().exists()
        assert queued_backfill.enqueue_run(kinds.CUSTOMER, None, None, waiting.append)

    def test_last_task_that_is_delivered_again_finishes_the_run(self, customers, monkeypatch):
        waiting = []
        queued_backfill.enqueue_run(kinds.CUSTOMER, None, None, waiting.append)
        last = waiting[-1]
        with monkeypatch.context() as patch:
            patch.setattr(backfill, "finish_run", lambda *_args: None)
            self.work_off(waiting)
        queued_backfill.read_part(last, waiting.append)
        assert not windows.all_windows().exists()

    def test_lost_windows_are_enqueued_once(self, customers):
        waiting, found = [], []
        queued_backfill.enqueue_run(kinds.CUSTOMER, None, None, waiting.append)
        assert queued_backfill.search_lost(found.append) == 0
        long_ago = timezone.now() - queued_backfill.LOST_AFTER - timedelta(seconds=1)
        windows.all_windows().update(touched_at=long_ago)
        queued_backfill.search_lost(found.append)
        queued_backfill.search_lost(found.append)
        assert sorted(found) == sorted(waiting)


def test_account_that_is_disconnected_ends_no_run(stripe_api):
    sync("accounts")
    account = conf.model("Account").objects.create(pk="acct_gone", as_of=START)
    conf.model("Account").objects.filter(pk=account.pk).update(created=timezone.now())
    stripe_api.revoked.add("acct_gone")
    answer = stripe_api.answer

    def refuse(method, parts, params):
        if parts[-1] == "acct_gone":
            raise Refused(403, "No access to account 'acct_gone'.", code="account_invalid")
        return answer(method, parts, params)

    stripe_api.answer = refuse
    try:
        assert "accounts: 0 synced." in sync("accounts")
    finally:
        stripe_api.answer = answer
    assert not conf.model("Account").objects.get().is_deleted


def test_object_that_cannot_be_read_stays_to_be_checked(stripe_api, customers, monkeypatch):
    sync("customers")
    rows().update(as_of=START, fetched_at=START)
    stripe_api.current.deleted["cus_00100"] = {
        "id": "cus_00100",
        "object": "customer",
        "deleted": True,
    }
    del customers["cus_00100"]
    answer = stripe_api.answer

    def fail(method, parts, params):
        if parts[-1] == "cus_00100":
            raise Refused(500, "Not now.")
        return answer(method, parts, params)

    monkeypatch.setattr(stripe_api, "answer", fail)
    with pytest.raises(CommandError, match="Not every list"):
        sync("customers", concurrency=1)
    monkeypatch.setattr(stripe_api, "answer", answer)
    sync("customers", concurrency=1)
    assert rows().get(pk="cus_00100").is_deleted


def test_user_that_the_metadata_of_a_checkout_name_is_linked(stripe_api, customers):
    ada = get_user_model().objects.create_user("ada")
    session = {"customer": "cus_00003", "metadata": {"user_id": str(ada.pk)}, "status": "complete"}
    stripe_api.create("checkout/sessions", session)
    sync("customers", "checkout_sessions")
    assert rows().get(pk="cus_00003").user == ada


def test_tax_ids_are_read_of_each_customer(stripe_api, customers):
    StripeTaxId.create("cus_00003", "eu_vat", "DE123456789")
    rows("TaxId").all().delete()
    sync("customers", "tax_ids")
    assert rows("TaxId").get().customer_id == "cus_00003"


def test_same_command_on_the_same_day_is_the_same_run(stripe_api, customers, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(stripe_api, "failing", 500)
        with pytest.raises(CommandError):
            sync("customers", "--since=20000d")
    (window,) = windows.all_windows()
    assert window.since % 86_400 == 0


def test_newer_row_outlasts_an_older_list_while_the_api_is_silent(
    stripe_api, customers, monkeypatch
):
    sync("customers")
    newer = {**customers["cus_00007"], "name": "Newer"}
    rows().filter(pk="cus_00007").update(
        stripe_data=newer, name="Newer", as_of=stripe_api.now() + 60, fetched_at=None
    )
    answer = stripe_api.answer

    def fail_by_id(method, parts, params):
        if len(parts) > 1:
            raise Refused(500, "Not now.")
        return answer(method, parts, params)

    monkeypatch.setattr(stripe_api, "answer", fail_by_id)
    sync("customers", concurrency=1)
    row = rows().get(pk="cus_00007")
    assert (row.name, row.in_doubt) == ("Newer", True)
