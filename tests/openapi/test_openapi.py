"""The schema is valid, and what the endpoints answer is in it. Wants the extra `openapi-test`."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

from stripe_integrations.api import CheckoutViewSet, CustomerViewSet, urls
from tests.api.conftest import ada, at_stripe, bob, catalogue  # noqa: F401 - fixtures

#: Requests per endpoint and phase.
EXAMPLES = int(os.environ.get("EXAMPLES", 15))
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def schema():
    return SchemaGenerator().get_schema(request=None, public=True)


def test_schema_validates_without_a_warning(tmp_path):
    shown = io.StringIO()
    file = tmp_path / "schema.yml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(file), stderr=shown)
    assert file.stat().st_size
    assert "Warning" not in shown.getvalue()


def test_each_endpoint_says_what_it_takes_and_answers(schema):
    asked = {
        f"{method} {path}": operation
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }
    assert len(asked) == 17
    assert {path.split("/")[1] for path in schema["paths"]} == {"billing"}
    assert all(name.startswith(("Stripe", "Paginated")) for name in schema["components"]["schemas"])
    for name, operation in asked.items():
        codes = set(operation["responses"])
        assert {"404", "429"} <= codes, name
        assert ("304" in codes) is ("catalogue" in name)
        assert ({"401", "403"} <= codes) is ("catalogue" not in name)
        is_verb = name.startswith("post")
        assert ({"400", "402", "409", "415", "503"} <= codes) is is_verb
        headers = {
            each["name"] for each in operation.get("parameters", []) if each["in"] == "header"
        }
        assert headers == ({"Idempotency-Key"} if is_verb else set())
    listed = asked["get /billing/invoices/"]["parameters"]
    assert {"ordering", "page", "search", "status"} <= {each["name"] for each in listed}
    assert "StripeCustomer" in str(asked["get /billing/customer/"]["responses"]["200"])
    assert "StripeSubscription'" in str(asked["post /billing/subscriptions/{id}/swap/"])


def test_viewset_of_a_project_is_described_too():
    class Own(CheckoutViewSet):
        """Ours."""

    class OwnCustomer(CustomerViewSet):
        """Theirs."""

    router = type(urls.router)()
    router.register("buy", Own, basename="buy")
    router.register("me", OwnCustomer, basename="me")
    found = SchemaGenerator(patterns=router.urls).get_schema(public=True)["paths"]
    assert set(found) == {"/buy/", "/me/"}
    assert "402" in found["/buy/"]["post"]["responses"]
    assert "StripeCustomer" in str(found["/me/"]["get"]["responses"]["200"])


@pytest.mark.django_db(transaction=True)
def test_no_answer_is_outside_of_the_schema(schema, ada, bob, at_stripe, live_server, tmp_path):  # noqa: F811
    schema = json.loads(json.dumps(schema))
    suggest(schema, live_server.url)
    file = tmp_path / "schema.json"
    file.write_text(json.dumps(schema))
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            str(file),
            f"--url={live_server.url}",
            "--auth=ada:secret",
            # Django's test server leaves a chunked body on a connection, before the next request.
            "--header=Connection: close",
            f"--checks={','.join(CHECKS)}",
            f"--max-examples={EXAMPLES}",
            "--seed=1",
            "--generation-database=none",
            "--no-color",
        ],
        capture_output=True,
        text=True,
        timeout=900,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert len(at_stripe.requests) > 10  # some of it was valid
    assert {each.params.get("customer") for each in at_stripe.requests} <= {None, "cus_ada"}


def suggest(schema, url):
    """Let what is generated often be what there is, of both users."""
    ids = [f"{kind}_{name}_0" for kind in ("sub", "in", "pm", "ent") for name in ("ada", "bob")]
    for methods in schema["paths"].values():
        for operation in methods.values():
            for each in operation.get("parameters", []):
                if each["in"] == "path":
                    each["schema"] = {"anyOf": [{"enum": [*ids, "prod_1"]}, each["schema"]]}
    known = {"price": ["price_1", "gold", "price_year", "price_mug", "price_old", "price_theirs"]}
    known |= {name: [f"{url}/done"] for name in ("success_url", "cancel_url", "return_url")}
    for component in schema["components"]["schemas"].values():
        if component.get("properties") and not component["properties"].get("id"):
            for name, values in known.items():
                if name in component["properties"]:
                    given = component["properties"][name]
                    component["properties"][name] = {"anyOf": [{"enum": values}, given]}
