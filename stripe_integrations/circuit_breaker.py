"""A circuit breaker: what did not answer a few times in a row is left alone for a while."""

from __future__ import annotations

import threading
import time

#: Consecutive failures that open the circuit.
MAX_FAILURES = 3
#: Seconds that it stays open; then one caller tries again, and the others go on waiting for that.
PAUSE = 30


class CircuitBreaker:
    """Whether to call something that may be silent; shared by the threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._next_try = 0.0

    def allows_call(self) -> bool:
        """Tell whether to call; of an open circuit, True for one caller in each pause."""
        with self._lock:
            if self._failures < MAX_FAILURES:
                return True
            if time.monotonic() < self._next_try:
                return False
            self._next_try = time.monotonic() + PAUSE
            return True

    def note_success(self) -> None:
        """Close the circuit."""
        with self._lock:
            self._failures = 0

    def note_failure(self) -> bool:
        """Count a failure, and tell whether the circuit is open now."""
        with self._lock:
            self._failures += 1
            self._next_try = time.monotonic() + PAUSE
            return self._failures >= MAX_FAILURES
