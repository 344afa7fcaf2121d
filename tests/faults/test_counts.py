"""The counts of several processes add up to what was sent to them."""

import http.client
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from django.test import RequestFactory
from prometheus_client.parser import text_string_to_metric_families

from stripe_integrations.prometheus import PREFIX, metrics_view
from stripe_integrations.testing import sign
from tests.faults import processes, stories

#: How many events are posted; `make soak` raises it.
COUNTED = int(os.environ.get("COUNTED", "400"))
CLIENTS = 4
#: One request in so many is forged.
FORGED = 10


def forge(port, count):
    """Post requests that nobody signed with our secret, and return the statuses."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    statuses = []
    for _ in range(count):
        headers = sign(b"{}", "whsec_of_somebody_else")
        connection.request("POST", "/stripe/webhook", body=b"{}", headers=headers)
        response = connection.getresponse()
        response.read()
        statuses.append(response.status)
    connection.close()
    return statuses


def metrics():
    """Return name -> label -> value, as a process reads them that has counted nothing itself."""
    found = {}
    text = metrics_view(RequestFactory().get("/metrics")).content.decode()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(each for each in sample.labels.values() if each)
            found.setdefault(sample.name.removeprefix(PREFIX), {})[labels] = sample.value
    return found


def test_counts_of_several_processes_are_what_was_sent(api, server, assert_converged, summary):
    messages = stories.tell(api, events=COUNTED, seed=1)
    with ProcessPoolExecutor(CLIENTS, mp_context=get_context("spawn")) as pool:
        posted = [
            pool.submit(processes.post, server.port, messages[n::CLIENTS], retries=True, seed=n)
            for n in range(CLIENTS)
        ]
        refused = Counter(forge(server.port, COUNTED // FORGED))
        answers = Counter(status for each in posted for status in each.result())
    server.stop()  # each process writes what it still holds
    assert refused == {400: COUNTED // FORGED}
    assert_converged(messages)
    found = metrics()
    assert sum(found["events_total"].values()) == answers.total()
    assert found["events_total"]["processed"] == answers[200] == len(messages)
    assert found["delivery_lag_seconds_bucket"]["+Inf"] == len(messages)
    assert found["refusals_total"] == {"no_match": COUNTED // FORGED}
    reads = [each for each in api.requests if each.method == "GET"]
    assert sum(found["api_reads_total"].values()) == len(reads)
    summary(f"{len(messages)} events over 3 processes: each is counted, {len(reads)} reads")
