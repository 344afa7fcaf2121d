"""A project's app with a plain foreign key to each model of ours."""

from django.conf import settings
from django.db import models

from stripe_integrations import conf

#: The column of each key -> the name of our model.
COLUMNS = {
    conf.model_setting(name).removeprefix("STRIPE_").removesuffix("_MODEL").lower(): name
    for name in conf.SWAPPABLE
}


class Keeper(models.Model):
    """The one who has the keys."""


for _column, _name in COLUMNS.items():
    _model = getattr(settings, conf.model_setting(_name))
    Keeper.add_to_class(_column, models.ForeignKey(_model, models.CASCADE, null=True))
