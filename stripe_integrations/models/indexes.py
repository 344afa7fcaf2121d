"""Indexes of the models that a project may swap."""

from __future__ import annotations

from typing import Any

from django.db import models


class SwappableIndex(models.Index):
    """An index whose name may have those of its app and model in it.

    Ours and the model that replaces it may both have a table in one database, and so need indexes
    of different names.
    """

    #: Django's own limit of 30 is for Oracle.
    max_name_length = 60


class BeginningIndex(SwappableIndex):
    """An index of a text of any length that answers what it begins with, and what it is."""

    #: Characters that MySQL and MariaDB index, which want a limit.
    LENGTH = 100

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # PostgreSQL alone reads the class of operators: with it, an index answers LIKE.
        kwargs["opclasses"] = ["text_pattern_ops"]
        super().__init__(*args, **kwargs)

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        if schema_editor.connection.vendor != "mysql":
            return super().create_sql(model, schema_editor, using, **kwargs)
        return schema_editor._create_index_sql(
            model,
            fields=[model._meta.get_field(name) for name in self.fields],
            name=self.name,
            using=using,
            col_suffixes=(f"({self.LENGTH})",),
        )
