"""Each condition of the statements keeps something from being written: broken, it is written.

Those that compare the row's age, account and deletion are broken in `tests/convergence`, too.
"""

import re
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection

from stripe_integrations import conf
from stripe_integrations.dispatch import events
from stripe_integrations.mirror import compiling, newer, statements
from stripe_integrations.mirror.parts import parts_of
from stripe_integrations.mirror.tables import Table
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db(transaction=True)

one_statement = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="elsewhere, the event is not inserted with its object"
)
ALWAYS = {"guard": "1 = 1"}
COMPILERS = ("insert_event", "write_newer", "write_parts", "write_versions")


@pytest.fixture
def break_condition(monkeypatch):
    """Return a function that lets a function of `compiling`, or of `Table`, return another text."""

    def forget_statements():
        for each in COMPILERS:
            getattr(compiling, f"compile_{each}").cache_clear()

    def break_one(owner, name, function):
        forget_statements()
        monkeypatch.setattr(owner, name, function)

    yield break_one
    monkeypatch.undo()
    forget_statements()


@pytest.fixture
def break_text(break_condition):
    """Return a function that replaces a condition of the one statement by one that is true."""
    intact = compiling.compile_insert_event

    def break_one(condition, always):
        def compile_broken(*args):
            compiled = intact(*args)
            sql, count = re.subn(condition, always, compiled.sql)
            assert count == 1
            return replace(compiled, sql=sql)

        break_condition(compiling, "compile_insert_event", compile_broken)

    return break_one


def insert(message):
    """Insert an event together with its object; None if nothing was written."""
    event = events.unsaved_event(message, objects.body(message).decode())
    found = newer.upsert_of(event)
    return statements.insert_event("default", found, type(event), vars(event), None, {})


@one_statement
class TestEventThatIsStored:
    """A second delivery must leave to the long way what its classes have done."""

    def twice(self):
        message = objects.event("product.updated", objects.product())
        assert insert(message)
        conf.model("Product").objects.update(as_of=0)
        return insert(message)

    def test_nothing_is_written(self):
        assert self.twice() is None

    def test_broken_condition_inserts_it_again(self, break_text):
        break_text(r'NOT EXISTS \(SELECT 1 FROM "\w+" WHERE "id" = %s\)', "%s::text IS NOT NULL")
        with pytest.raises(IntegrityError):
            self.twice()


@one_statement
class TestObjectThatIsNotWritten:
    """Where the row is not older, its event must be left to the long way, too."""

    def write(self, number):
        conf.model("Product").objects.create(pk="prod_1", as_of=objects.NOW + 9)
        return insert(objects.event("product.updated", objects.product(), id=f"evt_{number}"))

    def test_event_is_not_written(self):
        assert self.write(1) is None
        assert not conf.model("Event").objects.exists()

    def test_broken_condition_marks_it_as_done(self, break_text):
        break_text(r"WHERE EXISTS \(SELECT 1 FROM object\)", "WHERE TRUE")
        self.write(2)
        assert conf.model("Event").objects.exists()


@one_statement
class TestCustomerOfAnEarlierCheckout:
    """The customer must be written where its user is linked, in one transaction."""

    def create(self):
        conf.model("CheckoutSession").objects.create(pk="cs_1", customer_id="cus_1")
        return insert(objects.event("customer.created", objects.customer()))

    def test_nothing_is_written(self):
        assert self.create() is None
        assert not conf.model("Customer").objects.exists()

    def test_broken_condition_writes_a_customer_without_its_user(self, break_text):
        break_text(
            r'NOT EXISTS \(SELECT 1 FROM "\w+" WHERE "customer_id" = %s\)', "%s::text IS NOT NULL"
        )
        assert self.create()
        assert conf.model("Customer").objects.get().user is None


class TestRowOfAnotherAccount:
    """An event of ours must leave a connected account's row to the long way, which takes it."""

    def write(self):
        conf.model("Product").objects.create(
            pk="prod_1", account="acct_1", name="Theirs", as_of=objects.NOW - 3600
        )
        message = objects.event("product.updated", objects.product(name="Ours"))
        found = newer.upsert_of(events.unsaved_event(message, objects.body(message).decode()))
        written = statements.write_newer("default", found)
        row = conf.model("Product").objects.get()
        return bool(written), row.name, row.account

    def test_row_is_left(self):
        assert self.write() == (False, "Theirs", "acct_1")

    def test_broken_condition_writes_ours_as_theirs(self, break_condition):
        intact = Table.is_older

        def is_older(*args):
            conditions = intact(*args).split(" AND ")
            return " AND ".join("1 = 1" if "account" in each else each for each in conditions)

        break_condition(Table, "is_older", is_older)
        assert self.write() == (True, "Ours", "acct_1")


class TestPartOfAnotherAccount:
    """A list of a connected account must not overwrite a row of ours."""

    def write(self):
        conf.model("SubscriptionItem").objects.create(pk="si_1", quantity=7)
        message = objects.event("customer.subscription.updated", self.subscription())
        found = newer.upsert_of(events.unsaved_event(message, objects.body(message).decode()))
        for parts in parts_of(found.kind, "sub_1", found.values, "acct_1"):
            statements.write_parts("default", [parts])

    def subscription(self):
        (item,) = objects.subscription()["items"]["data"]
        items = {"object": "list", "data": [{**item, "id": "si_1", "quantity": 1}]}
        return objects.subscription(items={**items, "has_more": False})

    def row(self):
        return conf.model("SubscriptionItem").objects.values_list("account", "quantity").get()

    def test_row_is_left(self):
        self.write()
        assert self.row() == (None, 7)

    def test_broken_condition_overwrites_it(self, break_condition):
        break_condition(Table, "is_of_account", lambda *_: "1 = 1")
        self.write()
        assert self.row() == ("acct_1", 1)


class TestVersionThatWasNotSeen:
    """Many rows: one that somebody wrote meanwhile must be left."""

    def write(self):
        model = conf.model("Product")
        model.objects.create(pk="prod_1", name="Theirs", version=5)
        message = objects.event("product.updated", objects.product(name="Ours"))
        found = newer.upsert_of(events.unsaved_event(message, objects.body(message).decode()))
        row = {**found.values, "account": None, "version": 4}
        statements.write_versions("default", model, [row])
        return model.objects.values_list("name", "version").get()

    def test_row_is_left(self):
        assert self.write() == ("Theirs", 5)

    def test_broken_condition_overwrites_it(self, break_condition):
        intact = compiling._write_many

        def write_many(*args, **more):
            return intact(*args, **{**more, **ALWAYS})

        break_condition(compiling, "_write_many", write_many)
        assert self.write() == ("Ours", 4)
