"""What the import leaves, and says of it; and how it goes on."""

import uuid

import pytest
from django.core.management import CommandError

from stripe_integrations import conf
from stripe_integrations.management.progress_bars import Rate
from stripe_integrations.operations import foreign_tables
from stripe_integrations.testing import objects
from tests.importing.djstripe_tables import OBJECT, djstripe_tables


def products():
    return conf.model("Product").objects


def without(columns, name):
    return {each: kind for each, kind in columns.items() if each != name}


class TestSchema:
    def test_database_without_the_tables_is_refused(self, db, import_djstripe):
        with pytest.raises(CommandError, match="no tables of dj-stripe's"):
            import_djstripe()

    @pytest.mark.parametrize("old", ["customer", "event"])
    def test_older_schema_is_refused(self, transactional_db, import_djstripe, old):
        with djstripe_tables(()) as tables:
            for name in ("customer", "event"):
                tables.make(name, without(OBJECT, "stripe_data") if name == old else OBJECT)
            with pytest.raises(CommandError, match="upgrade to dj-stripe 2"):
                import_djstripe()

    def test_columns_that_a_version_lacks_are_not_read(self, transactional_db, import_djstripe):
        with djstripe_tables(("event",)) as tables:
            tables.make("customer", OBJECT)
            tables.add("customer", objects.customer())
            import_djstripe()
        assert conf.model("Customer").objects.exists()


class TestReport:
    def test_rows_that_are_left_are_counted_by_reason(self, tables, import_djstripe):
        tables.add("product", {})
        tables.add("product", {"id": "x_1", "object": "usage_record_summary"})
        tables.add("product", objects.product("prod 2 "))
        tables.add("product", objects.product("prod_3", livemode=True))
        tables.add("product", objects.product("prod_4"))
        assert import_djstripe() == (
            "djstripe_product: 1 imported, 0 there already.\n"
            "    1 of a kind that is not mirrored\n"
            "    1 of the other mode, live or test\n"
            "    1 without an id that can be a key\n"
            "    1 without stripe_data\n"
            "All tables: 1 imported, 0 there already.\n"
            "    1 of a kind that is not mirrored\n"
            "    1 of the other mode, live or test\n"
            "    1 without an id that can be a key\n"
            "    1 without stripe_data\n"
        )

    def test_kind_that_mirror_leaves_out_is_left(self, tables, import_djstripe, settings):
        given = settings.STRIPE_INTEGRATIONS
        settings.STRIPE_INTEGRATIONS = {**given, "MIRROR": {"product": False}}
        tables.add("product", objects.product())
        assert "1 of a kind that MIRROR leaves out" in import_djstripe()
        assert not products().exists()

    def test_no_secret_is_printed(self, tables, import_djstripe):
        tables.endpoint("we_1", uuid.uuid4(), secret="whsec_hidden")
        assert "whsec_hidden" not in import_djstripe()


class TestResuming:
    @pytest.fixture(autouse=True)
    def small_batches(self, monkeypatch, tables):
        monkeypatch.setattr(foreign_tables, "BATCH", 2)
        for number in range(5):
            tables.add("product", objects.product(f"prod_{number}"))

    def test_second_run_does_nothing(self, import_djstripe):
        import_djstripe()
        before = list(products().order_by("pk").values())
        assert "0 imported, 5 there already" in import_djstripe()
        assert list(products().order_by("pk").values()) == before

    def test_interrupted_run_is_gone_on_with(self, import_djstripe, monkeypatch):
        def interrupt(*_args):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(Rate, "add", interrupt)
            with pytest.raises(CommandError, match="goes on from here") as stopped:
                import_djstripe()
        assert stopped.value.returncode == 130
        assert products().count() == 2
        assert "3 imported, 2 there already" in import_djstripe()

    def test_batch_that_broke_off_leaves_nothing(self, import_djstripe, monkeypatch):
        def break_off(*_args):
            raise RuntimeError("killed")

        with monkeypatch.context() as patch:
            patch.setattr("stripe_integrations.mirror.parts.parts_of", break_off)
            with pytest.raises(RuntimeError, match="killed"):
                import_djstripe()
        assert not products().exists()
