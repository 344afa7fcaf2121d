"""What axe-core finds on a page; `make browser` fetches it."""

import json
from pathlib import Path

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"

#: Parts of Django's own pages with faults that Django knows, and we do not mend.
DJANGOS = (
    "#header",
    "#nav-sidebar",
    "#toggle-nav-sidebar",
    "nav[aria-label=Breadcrumbs]",
    ".breadcrumbs",
    "#changelist-filter",  # headings that skip a level, details within them
    "#changelist-search",
    ".actions",
    ".action-checkbox-column",
    ".action-checkbox",
    ".paginator",
    ".inline-group thead",  # empty heads above "delete"
    ".original p",
    ".tabular input",  # named by the heads of the table only
    ".submit-row",
    ".object-tools",
    ".help",  # its grey on white
    ".module caption",
    ".datetimeshortcuts",
    ".timezonewarning",
    ".xfull",
)
SEVERE = ("serious", "critical")
RUN = """
const done = arguments[arguments.length - 1];
axe.run({exclude: %s}, {resultTypes: ["violations"]}).then(
    (found) => done(found.violations.map((each) => ({
        rule: each.id, impact: each.impact,
        nodes: each.nodes.map((node) => node.html.slice(0, 200) + " " + node.failureSummary),
    }))),
    (error) => done([{rule: String(error), impact: "critical", nodes: []}]),
);
"""


def severe_faults(driver):
    """Return the serious and critical faults of the page that is open."""
    assert AXE.exists(), "axe-core is missing: `make browser` installs it with npm."
    driver.execute_script(AXE.read_text())
    found = driver.execute_async_script(RUN % json.dumps([[each] for each in DJANGOS]))
    return [(each["rule"], each["nodes"][:3]) for each in found if each["impact"] in SEVERE]
