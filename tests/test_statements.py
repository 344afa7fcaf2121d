"""The compiled statements: what their guards let through, on the database at hand."""

import pytest
from django.db import IntegrityError, connection, models
from django.db.models.signals import pre_save

from stripe_integrations import conf
from stripe_integrations.mirror import newer, statements
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db(transaction=True)


def product(**values):
    """Write a row of a product."""
    given = {"as_of": 100, "name": "Old", "stripe_data": {}, **values}
    return conf.model("Product").objects.create(pk="prod_1", **given)


def name():
    return conf.model("Product").objects.get().name


def write(than=200, **values):
    """Write the product's new name by a statement, if the row is older than a time."""
    data = objects.product(name="New")
    found = newer.upsert_of(event_of(data, **values))
    return statements.write_newer("default", type(found)(**{**vars(found), "than": than}))


def event_of(data, verb="updated"):
    model = conf.model("Event")
    message = objects.event(f"product.{verb}", data)
    return model(kind=message["type"], body=objects.body(message).decode(), livemode=False)


class TestWriteNewer:
    def test_row_that_is_older_is_written(self):
        product()
        assert write()
        assert (name(), conf.model("Product").objects.get().version) == ("New", 2)

    @pytest.mark.parametrize(
        "values",
        [
            pytest.param({"as_of": 200}, id="of the same time"),
            pytest.param({"account": "acct_1"}, id="of another account"),
            pytest.param({"deleted_at": "2026-01-01T00:00Z"}, id="deleted"),
        ],
    )
    def test_row_that_the_guard_does_not_cover_is_left(self, values):
        product(**values)
        assert not write()
        assert name() == "Old"

    def test_creation_is_written_over_a_deleted_row(self):
        product(deleted_at="2026-01-01T00:00Z")
        if connection.vendor == "mysql":  # which inserts a creation, and is told that it is there
            with pytest.raises(IntegrityError):
                write(verb="created")
        else:
            assert write(verb="created")
            assert name() == "New"

    def test_row_of_a_project_keeps_what_stripe_does_not_say(self):
        product(read_by="key", tax_code="txcd_1")
        assert write()
        row = conf.model("Product").objects.get()
        assert (row.read_by, row.tax_code) == ("key", "txcd_1")


class TestWriteVersions:
    def rows(self, *versions):
        made = []
        for number, version in enumerate(versions):
            data = objects.product(f"prod_{number}", name="New")
            snapshot = newer.upsert_of(event_of(data))
            made.append({**snapshot.values, "account": None, "version": version})
        return made

    def test_each_row_is_written_if_it_is_the_version_before(self):
        model = conf.model("Product")
        for number, version in enumerate((3, 3)):
            model.objects.create(pk=f"prod_{number}", name="Old", version=version, fetched_at=1)
        assert not statements.write_versions("default", model, self.rows(4, 3, 1))
        found = dict(model.objects.values_list("pk", "name"))
        assert found == {"prod_0": "New", "prod_1": "Old", "prod_2": "New"}
        assert list(model.objects.order_by("pk").values_list("version", flat=True)) == [4, 3, 1]

    def test_row_that_somebody_inserted_meanwhile_is_left(self):
        model = conf.model("Product")
        model.objects.create(pk="prod_0", name="Theirs")
        model.objects.update(fetched_at=1)
        assert not statements.write_versions("default", model, self.rows(1))
        assert name() == "Theirs"

    def test_nothing_to_write_asks_nothing(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            statements.write_versions("default", conf.model("Product"), [])

    def test_rows_are_written_by_one_statement(self, django_assert_num_queries):
        rows = self.rows(1, 1, 1, 1)
        counts = connection.vendor != "mysql"  # its count does not tell which were written
        with django_assert_num_queries(1 if counts else 2):
            assert statements.write_versions("default", conf.model("Product"), rows)
        assert conf.model("Product").objects.filter(name="New").count() == 4


class TestPlainModels:
    def test_mirror_that_nobody_listens_to_is_plain(self):
        assert statements.is_plain(conf.model("Product"))

    def test_mirror_with_a_receiver_is_not_plain(self):
        def hear(**_kwargs):
            """Listen."""

        pre_save.connect(hear, sender=conf.model("Product"))
        try:
            assert not statements.is_plain(conf.model("Product"))
        finally:
            pre_save.disconnect(hear, sender=conf.model("Product"))

    @pytest.mark.parametrize(
        ("column", "is_plain"),
        [
            (models.CharField(max_length=5), True),
            (models.DateTimeField(null=True), True),
            (models.DateTimeField(auto_now=True), False),
            (models.DateField(auto_now_add=True), False),
            (models.FileField(), False),
            (models.IntegerField(db_default=1), False),
        ],
    )
    def test_column_that_wants_an_instance_is_not_plain(self, column, is_plain):
        assert statements._is_plain_column(column) is is_plain
