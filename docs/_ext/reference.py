"""Sphinx's directive `reference-table`, whose table is made from the code at each build."""

from __future__ import annotations

import reference_tables
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class ReferenceTable(SphinxDirective):
    """`.. reference-table:: name`, of a function in `reference_tables`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table that the function makes."""
        text = getattr(reference_tables, self.arguments[0])()
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("reference-table", ReferenceTable)
    return {"parallel_read_safe": True}
