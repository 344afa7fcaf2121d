"""The values that are written and compared are those of `choices`."""

import pytest

from stripe_integrations import choices, conf, models


@pytest.mark.parametrize("name", ["EventStatus", "ValidationMethod"])
def test_choices_of_columns_are_importable_from_models(name):
    assert getattr(models, name) is getattr(choices, name)
    assert name in models.__all__


def test_defaults_of_settings_are_choices():
    assert conf.DEFAULTS["RECORD_TRIGGERS"] in choices.RecordTriggers.values
    assert conf.DEFAULTS["SYNC_POLICY"]["*"] in choices.SyncPolicy.values
