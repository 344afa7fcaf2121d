"""The documentation names what there is, and its examples are what they say they are."""

import ast
import configparser
import importlib
import json
import re
import textwrap
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class
from django.template import engines

from stripe_integrations import conf
from stripe_integrations.testing import __main__ as fake

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "stripe_integrations"
README = ROOT / "README.rst"
PAGES = [
    README,
    *(ROOT / name for name in ("CONTRIBUTING.rst", "SECURITY.rst", "CHANGELOG.rst")),
    *sorted((ROOT / "docs").glob("*.rst")),
]

#: A command of another package, which the tests' settings do not install.
FOREIGN_COMMANDS = {"spectacular"}

BLOCK = re.compile(
    r"^(?P<indent> *)\.\. code-block:: *(?P<language>\S*)\n"
    r"(?P<options>(?:(?P=indent) +:\w+:.*\n)*)"
    r"(?P<code>(?:(?P=indent) +\S.*\n| *\n)+)",
    re.MULTILINE,
)
#: A literal block without a language: a paragraph that ends with two colons.
UNMARKED = re.compile(r"^(?! *\.\. ).*::$", re.MULTILINE)


def page(name):
    return (ROOT / "docs" / f"{name}.rst").read_text()


def blocks():
    """Return the language and the code of each code block, named by its page and line."""
    found_blocks = []
    for path in PAGES:
        text = path.read_text()
        for found in BLOCK.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            name = f"{path.name}:{line}"
            found_blocks.append(pytest.param(found["language"], found["code"], id=name))
    return found_blocks


def test_readme_has_at_most_120_lines():
    assert len(README.read_text().splitlines()) <= 120


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_each_literal_block_is_marked_with_its_language(path):
    text = path.read_text()
    assert UNMARKED.findall(text) == []
    assert text.count(".. code-block::") == len(BLOCK.findall(text))


def check_python(code):
    """Compile a block, and import what it imports from the package."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("stripe_integrations"):
            module = importlib.import_module(node.module)
            for each in node.names:
                assert hasattr(module, each.name) or importlib.import_module(
                    f"{node.module}.{each.name}"
                )


def check_template(code):
    """Compile a template, unless it loads what a page has a project write."""
    if "{% load billing %}" not in code:
        engines["django"].from_string(code)


def check_console(code):
    for command in re.findall(r"^\$ ((?:.*\\\n)*.*)", code, flags=re.MULTILINE):
        if command.startswith("python manage.py "):
            check_command(command.removeprefix("python manage.py "))
        elif command.startswith("python -m stripe_integrations.testing"):
            fake.parse_arguments(command.replace("\\\n", " ").split()[3:])


def check_command(line):
    """Look for a command of `manage.py`, its subcommand, and each of its options."""
    name, *words = re.sub(r"[\[\]\\]", " ", line).split()
    if name in FOREIGN_COMMANDS:
        return
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    known = dict(parser._option_string_actions)
    if words and parser._subparsers:
        (subcommands,) = parser._subparsers._group_actions
        known |= subcommands.choices[words[0]]._option_string_actions
    assert [word for word in words if word.startswith("--") and word not in known] == []


#: How a block is checked, by what it may be marked as. There is nothing to check in `text`; one of
#: `postgresql` or `rst` is checked where it is read.
CHECKS = {
    "console": check_console,
    "html+django": check_template,
    "ini": lambda code: configparser.ConfigParser().read_string(code),
    "json": json.loads,
    "postgresql": str,
    "python": check_python,
    "rst": str,
    "text": str,
    "yaml": yaml.safe_load,
}


@pytest.mark.parametrize(("language", "code"), blocks())
def test_code_block_is_what_it_is_marked_as(language, code):
    CHECKS[language](textwrap.dedent(code))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_each_command_and_extra_that_is_named_exists(path):
    text = path.read_text()
    for line in re.findall(r"``(?:python )?manage\.py (\w+[^`…]*)``", text):
        check_command(line)
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    extras = set(re.findall(r"stripe-integrations\[(\w+)\]", text))
    assert extras <= set(setup["options.extras_require"])


@pytest.mark.parametrize(
    "name", [path.stem for path in (PACKAGE / "management/commands").glob("[!_]*.py")]
)
def test_each_command_is_documented(name):
    assert f"``manage.py {name}``" in page("commands")


@pytest.mark.parametrize("key", conf.DEFAULTS)
def test_each_setting_is_documented(key):
    assert f"``{key}``" in page("settings")


def test_each_check_is_documented():
    sources = "".join(path.read_text() for path in (PACKAGE / "checks").glob("*.py"))
    ids = set(re.findall(r"stripe_integrations\.([EW]\d{3})", sources))
    assert ids
    assert ids == set(re.findall(r"^``([EW]\d{3})``", page("checks"), re.MULTILINE))


def test_each_make_target_that_is_named_exists():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    text = "".join(path.read_text() for path in PAGES)
    named = set(re.findall(r"(?:``|\$ )make\s+([a-z-]+)", text))
    assert {"test", "demo", "docs"} <= named
    assert named <= targets


def test_each_link_of_the_readme_leads_to_a_page():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    text = README.read_text() + setup["metadata"]["project_urls"]
    site = re.escape(setup["metadata"]["url"]) + "en/latest/"
    pages = re.findall(rf"{site}(\w+)\.html", text)
    assert {"tutorial", "changelog"} <= set(pages)
    assert [name for name in pages if not (ROOT / f"docs/{name}.rst").is_file()] == []
    pictures = re.findall(r"image:: (\S+)", text)
    assert [name for name in pictures if not (ROOT / name).is_file()] == []
    # On PyPI a relative link leads nowhere.
    assert re.findall(r"<(?!https:)[^>]*>`_", text) == []
