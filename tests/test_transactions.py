"""A transaction that the database undoes is done again."""

import contextlib
import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, OperationalError, connection, transaction

from stripe_integrations import transactions

pytestmark = pytest.mark.django_db(transaction=True)


def users():
    return get_user_model().objects


def test_deadlock_is_tried_again():
    for name in ("a", "b"):
        users().create(username=name)
    together = threading.Barrier(2)
    attempts, failures = [], []

    def cross(first, second):
        def work():
            attempts.append(first)
            users().filter(username=first).update(last_name=first)
            # Both hold one row and want the other; SQLite lets only one in.
            with contextlib.suppress(threading.BrokenBarrierError):
                together.wait(timeout=2)
            users().filter(username=second).update(first_name=first)

        try:
            transactions.run_atomic(work, "default")
        except Exception as error:  # noqa: BLE001
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=cross, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert set(users().values_list("username", "last_name", "first_name")) == {
        ("a", "a", "b"),
        ("b", "b", "a"),
    }
    if connection.vendor != "sqlite":
        assert len(attempts) > 2


def test_lost_race_is_tried_again_and_its_attempt_is_undone():
    attempts = []

    def work():
        attempts.append(users().create(username=f"{len(attempts)}").username)
        if len(attempts) < 3:
            raise transactions.LostRace
        return len(attempts)

    assert transactions.run_atomic(work, "default") == 3
    assert [user.username for user in users().all()] == ["2"]


def test_lost_race_inside_the_callers_transaction_keeps_the_callers_work():
    attempts = []

    def work():
        attempts.append(users().create(username=f"inner{len(attempts)}").username)
        if len(attempts) < 2:
            raise transactions.LostRace

    with transaction.atomic():
        users().create(username="outer")
        transactions.run_atomic(work, "default")
    assert {user.username for user in users().all()} == {"outer", "inner1"}


@pytest.mark.parametrize("error", [IntegrityError, OperationalError, ValueError])
def test_other_errors_are_raised_at_once(error):
    attempts = []

    def work():
        attempts.append(1)
        raise error("not passing")

    with pytest.raises(error):
        transactions.run_atomic(work, "default")
    assert len(attempts) == 1


def test_the_last_attempts_error_is_raised():
    def work():
        raise transactions.LostRace("somebody else")

    with pytest.raises(transactions.LostRace):
        transactions.run_atomic(work, "default")
