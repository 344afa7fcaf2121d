"""How much memory an event takes while it is processed."""

import json
import tracemalloc

import pytest

from stripe_integrations.inbox import payloads
from stripe_integrations.inbox.receive import accept
from stripe_integrations.testing import objects

#: Bytes of memory for each byte of a body that is nothing but small parts, at the peak.
TIMES = 40


@pytest.mark.django_db(transaction=True)
def test_body_of_many_small_parts_takes_a_bounded_multiple_of_its_size():
    parts = [[{"a": number}] for number in range(15_000)]
    message = objects.event("product.created", objects.product(metadata={"parts": parts}))
    body = json.dumps(message)
    tracemalloc.start()
    try:
        accept(payloads.parse(body), body)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < TIMES * len(body)
