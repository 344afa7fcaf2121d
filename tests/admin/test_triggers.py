"""The filter by reason knows every reason that there is."""

import re
from pathlib import Path

import stripe_integrations
from stripe_integrations import exceptions
from stripe_integrations.admin.triggers import REASONS

#: Codes that only a subclass's, or the caller's, replaces.
NEVER_KEPT = {"failed", "refused", "signature"}


def test_every_reason_can_be_filtered_by():
    sources = Path(stripe_integrations.__file__).parent.rglob("*.py")
    text = "".join(path.read_text() for path in sources)
    raised = set(re.findall(r'\bcode="(\w+)"', text))
    default = {
        each.default_code for each in vars(exceptions).values() if hasattr(each, "default_code")
    }
    assert (raised | default) - NEVER_KEPT == set(REASONS)
