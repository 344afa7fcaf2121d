"""The code that seed 003 prints, run as printed, in a project of its own: this folder.

Its view-set does not check signatures, so each payload is held against Stripe's API: here a small
server that answers GET /v1/events/<id>.
"""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest

from stripe_integrations.testing import objects

pytestmark = pytest.mark.xdist_group("seed003")

ROOT = Path(__file__).parents[2]
OURS = "stripe_integrations.webhooks.products.ProductCreatedWebhook"
THEIRS = "app.webhooks.products.ProductCreateWebhook"


class Api:
    """Stripe's events, by connected account, behind a port."""

    def __init__(self):
        self.events = {}
        self.asked = []
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                event_id = unquote(self.path.removeprefix("/v1/events/"))
                api.asked.append(event_id)
                found = api.events.get((self.headers["Stripe-Account"], event_id))
                error = {"error": {"type": "invalid_request_error", "message": "No such event"}}
                body = json.dumps(found or error).encode()
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                """Keep the output of the tests clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def event(number, kind="product.created", **extra):
    data = objects.product(f"prod_{number}", name=f"Product {number}")
    return objects.event(kind, data, id=f"evt_{number}", **extra)


def tampered(number, **changes):
    """Return an event and what somebody makes of it."""
    genuine = event(number)
    return genuine, {**json.loads(json.dumps(genuine)), **changes}


def disagreements():
    """Yield a name, what is posted, what the API says (or None), and of which account."""
    yield "unknown", event("unknown"), None, None
    for name, changes in {
        "type": {"type": "product.updated"},
        "created": {"created": objects.NOW + 1},
        "livemode": {"livemode": True},
        "account1": {"account": "acct_2"},
    }.items():
        genuine, forged = tampered(name, **changes)
        yield name, forged, genuine, None
    genuine, forged = tampered("account2", account="acct_2")
    yield "account that is another's", forged, {**genuine, "account": "acct_9"}, "acct_2"
    genuine, forged = tampered("account3")
    yield "account that is left out", forged, {**genuine, "account": "acct_9"}, None
    genuine, forged = tampered("object")
    forged["data"]["object"]["id"] = "prod_other"
    yield "object's id", forged, genuine, None
    genuine, forged = tampered("id")
    yield "event's id", forged, {**genuine, "id": "evt_other"}, None
    yield "id of a path", {**event("path"), "id": "evt_1/../../customers"}, None, None
    yield "id of no event", {**event("pattern"), "id": "prod_1"}, event("pattern"), None
    yield "no id", {"type": "product.created"}, None, None
    yield "no object", [], None, None


REFUSED = {name: rest for name, *rest in disagreements()}


@pytest.fixture(scope="module")
def report():
    """Post everything to the seed's project, in one process of its own."""
    api = Api()
    good, changed = event("good"), event("changed")
    api.events = {(None, "evt_good"): good, (None, "evt_changed"): changed}
    api.events["acct_1", "evt_connected"] = event("connected", account="acct_1")
    forged = json.loads(json.dumps(changed))
    forged["data"]["object"]["name"] = "forged"
    for posted, genuine, account in REFUSED.values():
        if genuine is not None:
            api.events[account, posted["id"]] = genuine
    posts = {
        "good": good,
        "again": good,
        "changed": forged,
        "connected": event("connected", account="acct_1"),
        **{name: posted for name, (posted, *_) in REFUSED.items()},
    }
    try:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "tests.seed003.story"],
            input=json.dumps(list(posts.values())),
            env={**os.environ, "SEED_003_API": api.url},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )
    finally:
        api.close()
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    said["answers"] = dict(zip(posts, said["answers"], strict=True))
    said["asked"] = api.asked
    return said


class TestAsPrinted:
    def test_classes_are_registered_before_the_apps_are_ready(self, report):
        assert report["early"] is True
        assert report["classes"] == [OURS, THEIRS]

    def test_models_of_the_project_are_used(self, report):
        assert report["event_model"] == "payment.Event"

    def test_event_is_processed(self, report):
        answer = report["answers"]["good"]
        assert (answer["status"], answer["body"]) == (200, {"success": True})
        assert answer["events"] == ["evt_good"]
        assert answer["products"] == {"prod_good": "Product good"}
        assert report["runs"]["evt_good"] == sorted([OURS, THEIRS])

    def test_event_that_is_stored_is_not_asked_for_again(self, report):
        assert report["answers"]["again"]["status"] == 200
        assert report["asked"].count("evt_good") == 1

    def test_what_the_api_says_is_processed_not_what_was_posted(self, report):
        answer = report["answers"]["changed"]
        assert answer["status"] == 200
        assert answer["products"]["prod_changed"] == "Product changed"

    def test_event_of_a_connected_account_is_mirrored(self, report):
        answer = report["answers"]["connected"]
        assert answer["status"] == 200
        assert "acct_1/prod_connected" in answer["products"]


class TestRefused:
    @pytest.mark.parametrize("name", REFUSED)
    def test_is_400_and_nothing_is_kept(self, report, name):
        answer = report["answers"][name]
        assert answer["status"] == 400, answer
        assert sorted(answer["events"]) == ["evt_changed", "evt_connected", "evt_good"]
        assert len(answer["products"]) == 3

    def test_ids_that_are_none_are_not_asked_for(self, report):
        ids = "good changed connected unknown type created livemode account1 account2 account3"
        asked = {f"evt_{name}" for name in [*ids.split(), "object", "id"]}
        assert set(report["asked"]) == asked
