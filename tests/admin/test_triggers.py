"""The filter by reason knows every reason that there is."""

import re
from pathlib import Path

import stripe_integrations
from stripe_integrations import exceptions
from stripe_integrations.choices import RefusalReason

#: Codes that only a subclass's, or the caller's, replaces.
NEVER_KEPT = {"failed", "refused", "signature"}


def test_every_reason_is_a_choice_of_the_filter():
    sources = Path(stripe_integrations.__file__).parent.rglob("*.py")
    others = {"api", "testing"}  # their codes are those of other errors
    text = "".join(path.read_text() for path in sources if not others & set(path.parts))
    raised = set(re.findall(r"\bcode=(\w[^\s,)]+)", text))  # in quotes it is one of Stripe's
    assert raised <= {f"RefusalReason.{name}" for name in RefusalReason.names}
    default = {
        each.default_code for each in vars(exceptions).values() if hasattr(each, "default_code")
    }
    known = {RefusalReason[name.partition(".")[2]] for name in raised} | (default - NEVER_KEPT)
    assert known == set(RefusalReason.values)
