"""The supported versions: `nox -s oldest newest` are the corners, `nox -s matrix` is all.

DATABASE_URL picks the database, as it does for the tests.
"""

import os

import nox

nox.options.sessions = ["matrix"]
nox.options.error_on_missing_interpreters = True

PYTHONS = {
    "5.2": ["3.10", "3.11", "3.12", "3.13"],
    "6.0": ["3.12", "3.13"],
    "6.1": ["3.12", "3.13"],
}
STRIPES = ["12.5", "13.2", "14.4", "15.6", "16.1"]
DRIVERS = {"postgres": "postgres", "postgresql": "postgres", "mysql": "mysql"}


def run(session, *requirements):
    driver = DRIVERS.get(os.environ.get("DATABASE_URL", "").partition(":")[0])
    extras = f"test,{driver}" if driver else "test"
    session.install("--quiet", "--editable", f".[{extras}]", *requirements)
    parallel = ("-n", "auto", "--dist", "loadgroup")
    session.run("python", "-m", "pytest", *parallel, "--create-db", *session.posargs)


@nox.session(python="3.10")
def oldest(session):
    """The oldest of everything."""
    run(session, "django==5.2.*", "djangorestframework==3.16.*", "stripe==12.5.*")


@nox.session(python="3.13")
def newest(session):
    """The newest of everything."""
    run(session, "--upgrade", "django", "djangorestframework", "stripe")


@nox.session
@nox.parametrize(
    ("python", "django"),
    [(python, django) for django, pythons in PYTHONS.items() for python in pythons],
)
@nox.parametrize("stripe", STRIPES)
def matrix(session, django, stripe):
    """Every Django on every Python with every stripe."""
    run(session, f"django=={django}.*", f"stripe=={stripe}.*")
