"""Rows that are brought into the models and columns of today."""

import io

import pytest
from django.core.management import CommandError, call_command

from stripe_integrations import conf, kinds, transactions
from stripe_integrations.management.progress_bars import Rate
from stripe_integrations.operations import remap
from stripe_integrations.signals import mirror_changed
from stripe_integrations.testing import objects
from tests.commands.test_progress import Terminal

pytestmark = pytest.mark.django_db(transaction=True)

#: What is the same in both rows.
SAME = ("account", "livemode", "created", "stripe_data", *remap.KEPT)


def run(*names):
    out = io.StringIO()
    call_command("stripe_remap", *names, stdout=out)
    return out.getvalue()


def products():
    return conf.model("Product").objects


def waiting():
    return conf.model("StripeObject").objects.order_by("pk")


def columns_of(row):
    return {name: getattr(row, name) for name in SAME}


@pytest.fixture
def before(monkeypatch):
    """Take events as they were taken while products had no model of their own."""

    def process(deliver, *messages):
        with monkeypatch.context() as patch:
            patch.setitem(kinds.MIRRORED, "product", remap.generic(kinds.PRODUCT))
            kinds.of.cache_clear()
            deliver(*messages)
        kinds.of.cache_clear()

    return process


def created(id="prod_1", at=objects.NOW, **values):
    account = {"account": values.pop("account")} if "account" in values else {}
    return objects.event("product.created", objects.product(id, **values), created=at, **account)


class TestMoving:
    def test_row_keeps_what_it_knows(self, deliver, before):
        gone = objects.event("product.deleted", objects.product("prod_2"), created=objects.NOW + 60)
        before(
            deliver,
            created(),
            objects.event(
                "product.updated",
                objects.product(name="New", default_price="price_1"),
                created=objects.NOW + 50,
                previous={"name": "Gold"},
            ),
            created("prod_2"),
            gone,
            created("gold", account="acct_1"),
            created("gold", name="ours"),
        )
        assert not products().exists()
        old = {row.stripe_id + (row.account or ""): columns_of(row) for row in waiting()}
        assert "product: 4 moved, 0 of 4 filled." in run("product")
        assert not waiting().exists()
        rows = {row.stripe_id + (row.account or ""): row for row in products().all()}
        assert {key: columns_of(row) for key, row in rows.items()} == old
        assert (rows["prod_1"].name, rows["prod_1"].default_price_id) == ("New", "price_1")
        assert rows["prod_1"].version == 2
        assert rows["prod_2"].is_deleted
        assert rows["goldacct_1"].pk == "acct_1/gold"

    def test_other_kinds_stay(self, deliver):
        deliver(objects.event("topup.created", objects.build("topup")))
        run()
        assert waiting().get().pk == "topup/topup_1"

    def test_events_are_ordered_as_before(self, deliver, before):
        before(deliver, created(at=objects.NOW + 60, name="New"))
        run()
        deliver(objects.event("product.updated", objects.product(name="Old"), created=objects.NOW))
        assert products().get().name == "New"

    @pytest.mark.parametrize(
        ("seconds", "name", "in_doubt"),
        [(60, "here", False), (-60, "old", False), (1, "here", True)],
    )
    def test_newer_of_two_rows_stands(self, deliver, before, seconds, name, in_doubt):
        before(deliver, created(name="old"))
        deliver(created(name="here", at=objects.NOW + seconds))
        run()
        row = products().get()
        assert (row.name, row.in_doubt) == (name, in_doubt)
        assert row.stripe_data["name"] == name
        assert not waiting().exists()

    def test_two_rows_that_say_the_same_leave_no_doubt(self, deliver, before):
        before(deliver, created())
        deliver(created(at=objects.NOW + 1))
        run()
        assert not products().get().in_doubt

    def test_row_of_another_account_is_left_alone(self, deliver, before):
        kind = kinds.CUSTOMER
        conf.model("StripeObject").objects.create(
            pk="acct_1/customer/cus_1", kind="customer", account="acct_1", stripe_data={"name": "x"}
        )
        deliver(objects.event("customer.created", objects.customer()))
        run(kind.object)
        assert conf.model("Customer").objects.get().name == "Ada"
        assert waiting().count() == 1

    def test_secrets_are_left_behind(self, deliver, before, monkeypatch):
        before(deliver, created(secret="s3cret"))
        hiding = kinds.Kind("product", "Product", "products", secrets=frozenset({"secret"}))
        monkeypatch.setitem(kinds.MIRRORED, "product", hiding)
        run()
        assert "secret" not in products().get().stripe_data

    def test_who_listens_is_told(self, deliver, before):
        before(deliver, created())
        told = []

        def listen(instance, created, before, **_kwargs):
            told.append((instance.pk, created, before))

        mirror_changed.connect(listen, sender=conf.model("Product"))
        try:
            run()
        finally:
            mirror_changed.disconnect(listen, sender=conf.model("Product"))
        assert told == [("prod_1", True, {})]


class TestFilling:
    @pytest.fixture
    def emptied(self, deliver):
        """Rows from before a column was there."""
        deliver(*(created(f"prod_{n}", name=f"name {n}") for n in range(5)))
        products().update(name=None)

    def test_column_is_filled_from_what_is_stored(self, emptied, stripe_api):
        assert "product: 0 moved, 5 of 5 filled." in run("product")
        assert set(products().values_list("name", "version")) == {
            (f"name {n}", 2) for n in range(5)
        }
        assert stripe_api.requests == []

    def test_again_writes_nothing(self, emptied):
        run()
        before = list(products().order_by("pk").values())
        assert "product: 0 moved, 0 of 5 filled." in run("product")
        assert list(products().order_by("pk").values()) == before

    def test_every_example_is_filled_once(self, deliver):
        for name in remap.remapped():
            data = objects.build(name)
            deliver(objects.event(f"{objects.prefix(name)}.created", data))
            deliver(objects.event(f"{objects.prefix(name)}.created", data, account="acct_1"))
        before = {
            kind.object: list(conf.model(kind.model).objects.order_by("pk").values())
            for kind in remap.remapped().values()
        }
        out = run()
        assert len(out.splitlines()) == len(remap.remapped())
        for kind in remap.remapped().values():
            assert (
                list(conf.model(kind.model).objects.order_by("pk").values()) == before[kind.object]
            )

    def test_run_that_breaks_off_is_begun_again(self, emptied, monkeypatch):
        monkeypatch.setattr(remap, "BATCH", 2)
        steps = remap.refill(kinds.PRODUCT)
        first = next(steps)
        assert (first.size, first.last, first.written) == (2, "prod_1", 2)
        steps.close()
        assert products().filter(name=None).count() == 3
        assert [batch.written for batch in remap.refill(kinds.PRODUCT)] == [0, 2, 1]
        assert not products().filter(name=None).exists()

    def test_what_an_event_writes_meanwhile_stands(self, emptied, deliver):
        seen = products().get(pk="prod_1")
        newer = objects.product("prod_1", name="Newer")
        deliver(objects.event("product.updated", newer, created=objects.NOW + 60))
        with pytest.raises(transactions.LostRace):  # upon which the batch is tried again
            remap._refill(kinds.PRODUCT, products(), seen)
        assert products().get(pk="prod_1").name == "Newer"


def test_row_that_an_older_process_writes_meanwhile_is_not_deleted(deliver, before):
    before(deliver, created())
    seen = waiting().get()
    waiting().update(version=5)
    with pytest.raises(transactions.LostRace):
        transactions.run_atomic(
            lambda: remap._move(kinds.PRODUCT, waiting(), seen), conf.database()
        )
    assert waiting().get().version == 5
    assert not products().exists()


def test_kind_may_be_called_as_its_list_is():
    assert run("products") == run("product")


def test_unknown_kind_is_refused():
    with pytest.raises(CommandError, match="There is no model for topup"):
        run("topup")


@pytest.mark.parametrize(("stream", "shown"), [(Terminal, True), (io.StringIO, False)])
def test_rate_is_shown_on_a_terminal(monkeypatch, stream, shown):
    stderr = stream()
    monkeypatch.setattr("sys.stderr", stderr)
    rate = Rate("filling product", 400)
    rate.add(200, "prod_9")
    rate.end()
    line = stderr.getvalue()
    assert ("filling product: 200 of 400" in line and "left, at prod_9" in line) is shown
    assert bool(line) is shown


def test_parts_that_have_no_rows_are_added(deliver):
    data = objects.subscription()
    deliver(objects.event("customer.subscription.created", data))
    items = conf.model("SubscriptionItem").objects
    items.all().delete()  # as if they had no model then
    run("subscription")
    assert [(row.pk, row.subscription_id) for row in items.all()] == [("si_1", "sub_1")]
    version = items.get().version
    run("subscription")
    assert items.get().version == version
