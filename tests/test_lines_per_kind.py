"""How many lines a kind is: in the file of its model, and where the package lists kinds."""

import ast
import inspect
import re
from pathlib import Path
from statistics import median

import stripe_integrations
from stripe_integrations import kinds, models

PACKAGE = Path(stripe_integrations.__file__).parent
#: Each but the first names a kind by its model: `Invoice`, `StripeBaseInvoice`, `StripeInvoice`.
LISTS = ("kinds.py", "models/__init__.py", "actions/mirrored.py")


def of_model(kind):
    """Return how many lines the model and its base are."""
    classes = (getattr(models, f"StripeBase{kind.model}"), getattr(models, kind.model))
    return sum(len(inspect.getsource(each).strip().splitlines()) for each in classes)


def of_definitions():
    """Return how many lines the definition of each kind is, and its place in the list."""
    module = ast.parse((PACKAGE / LISTS[0]).read_text())
    calls = {
        node.value.args[0].value: node.end_lineno - node.lineno + 1
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if getattr(node.value.func, "id", "") == "Kind"
    }
    return {name: calls[name] + 1 for name in kinds.MIRRORED}


def of_lists(kind):
    """Return how many lines of the other lists name the kind, with the `kind = …` of its action."""
    name = re.compile(rf"\b(StripeBase|Stripe)?{kind.model}\b")
    texts = [(PACKAGE / file).read_text() for file in LISTS[1:]]
    found = [line for text in texts for line in text.splitlines() if name.search(line)]
    return len(found) + sum(line.startswith("class ") for line in found)


def test_kind_is_one_model_file_and_a_few_lines_elsewhere(summary):
    inside = {name: of_model(kind) for name, kind in kinds.MIRRORED.items()}
    defined = of_definitions()
    outside = {name: defined[name] + of_lists(kind) for name, kind in kinds.MIRRORED.items()}
    summary(
        f"{len(inside)} kinds: {min(inside.values())} to {max(inside.values())} lines of model "
        f"(median {median(inside.values()):.0f}), and {min(outside.values())} to "
        f"{max(outside.values())} elsewhere (median {median(outside.values()):.0f})"
    )
    assert max(inside.values()) <= 100, inside
    assert median(outside.values()) <= 12, outside
    assert max(outside.values()) <= 30, outside
