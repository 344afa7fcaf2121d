"""A name of a function, a class or a module has one meaning in the whole package."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

import stripe_integrations

PACKAGE = Path(stripe_integrations.__file__).parent

#: Functions and classes that modules of several places define, and why each is one meaning, or
#: is somebody else's choice.
SHARED_NAMES = {
    "customer": "builds a customer in `testing`, named as Stripe names it",
    "price": "the same",
    "respond": "what each module of `testing.fake_stripe` is asked for",
    "Command": "Django runs the class of this name of each command's module",
    "enqueue": "what each module of `queues` is imported for",
    "enqueue_window": "the same, for backfills",
    "get": "`client.get()` is public; `conf.get(name)` returns a setting",
    "import_steps": "what each import consists of",
    "process_event": "the task of each module of `queues`",
    "read_window": "the same, for backfills",
}

#: Functions with the name of a file elsewhere, and what both are about.
SHARED_WITH_FILES = {
    "import_steps": "what each import consists of",
    "livemode": "the mode of the settings; `livemode` refuses the other one",
    "money": "amounts of money; that of `admin.columns` is a column of the admin",
    "pages": "pages of Stripe's lists: read one by one, and written at once",
    "routes": "the routes, and the system checks of them",
}

#: Where a file is named after its family of objects.
FAMILIES = ("actions", "models", "testing/fake_stripe", "webhooks")

#: Other file names of several places, and what they are about in each.
SHARED_FILES = {
    "accounts": "connected accounts",
    "base": "the base class of the package that it is in",
    "endpoints": "webhook endpoints",
    "events": "rows of events",
    "models": "the models, and the system checks of them",
    "objects": "`StripeObject`; in `testing`, Stripe's objects of all kinds",
    "routes": "the routes, and the system checks of them",
    "triggers": "`WebhookEventTrigger`",
    "webhooks": "webhook classes: their package, their action, their system checks",
}


def modules(package):
    """Return the modules of a package by path, but migrations."""
    found = package.rglob("*.py")
    return sorted(each for each in found if "migrations" not in each.parts)


def definitions(package):
    """Return each public function and class of the modules' own level -> where it is defined."""
    found = defaultdict(list)
    for path in modules(package):
        for node in ast.parse(path.read_text("utf-8")).body:
            is_definition = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
            if is_definition and not node.name.startswith("_"):
                found[node.name].append(str(path.relative_to(package)))
    return found


def all_files(package):
    """Return each name of a module or a package -> its paths."""
    found = defaultdict(list)
    for path in modules(package):
        named = path.parent if path.name == "__init__.py" else path
        found[named.stem].append(str(path.relative_to(package)))
    return found


def files(package):
    """Return those that are not the files of one family, a layer each."""
    return {name: where for name, where in all_files(package).items() if not is_family(where)}


def definitions_and_files(package):
    """Return each name of a definition that is that of a file, too -> where."""
    defined, named = definitions(package), all_files(package)
    return {name: [*defined[name], *named[name]] for name in defined.keys() & named.keys()}


def is_family(paths):
    """Tell whether files are those of one family, a layer each."""
    return all(
        path.rpartition("/")[0] in FAMILIES and not path.endswith("__init__.py") for path in paths
    )


def shared(places):
    """Return the names that are in several places, with those."""
    return {name: where for name, where in places.items() if len(set(where)) > 1}


@pytest.mark.parametrize(
    ("places", "allowed"),
    [
        (definitions, SHARED_NAMES),
        (files, SHARED_FILES),
        (definitions_and_files, SHARED_WITH_FILES),
    ],
)
def test_name_that_is_shared_is_listed_with_its_reason(places, allowed):
    found = shared(places(PACKAGE))
    assert {name: where for name, where in found.items() if name not in allowed} == {}
    assert set(allowed) <= set(found), "no longer shared"


@pytest.mark.parametrize("places", [definitions, files])
def test_second_place_of_a_name_is_found(tmp_path, places):
    for room in ("one", "other"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "same.py").write_text("class Same: ...\ndef _hidden(): ...\n")
    (tmp_path / "one" / "alone.py").write_text("def alone(): ...\n")
    name = "Same" if places is definitions else "same"
    assert shared(places(tmp_path)) == {name: ["one/same.py", "other/same.py"]}


def test_definition_with_the_name_of_a_file_elsewhere_is_found(tmp_path):
    (tmp_path / "one.py").write_text("def one(): ...\ndef other(): ...\n")
    (tmp_path / "other.py").write_text("")
    assert shared(definitions_and_files(tmp_path)) == {"other": ["one.py", "other.py"]}
