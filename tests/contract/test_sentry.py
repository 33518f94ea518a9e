"""The Sentry stand-in against Sentry's own OpenAPI document, and its alert against Sentry's rule for signatures."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from flask import Flask, request

from local.server import serve
from local.standins.base import StandInSettings
from local.standins.sentry import create
from tests.contract.openapi import Contract, vendor_file

TOKEN = "sntrys-token"
SECRET = "client-secret"
FRAME = {"filename": "src/pricing/rules.py", "function": "discount", "lineno": 12, "context_line": "return rules[sku]"}
ALERT = {"title": "KeyError: 'sku'", "culprit": "pricing.rules in discount", "frames": [FRAME]}


Log = list[tuple[dict[str, str], bytes]]


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Log]]:
    app, log = Flask("receiver"), Log()

    @app.post("/webhooks/sentry")
    def receive() -> str:
        log.append((dict(request.headers), request.get_data()))
        return "taken"

    receiver = serve(app)
    settings = StandInSettings(
        "http://sentry.invalid", tmp_path_factory.mktemp("sentry"), f"{receiver.url}/webhooks/sentry", SECRET, TOKEN
    )
    server = serve(create(settings).app)
    yield server.url, log
    server.stop()
    receiver.stop()


@pytest.fixture
def received(stand_in: tuple[str, Log]) -> Log:
    stand_in[1].clear()
    return stand_in[1]


@pytest.fixture
def sentry(stand_in: tuple[str, Log]) -> str:
    return stand_in[0]


@pytest.fixture
def session(sentry: str) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {TOKEN}"
        yield session


def raise_alert(sentry: str, **more: Any) -> Any:
    return requests.post(f"{sentry}/_standin/alert", json=ALERT | more, timeout=5).json()


def test_every_reply_is_allowed_by_sentrys_own_document(sentry: str, session: requests.Session) -> None:
    contract = Contract(vendor_file("sentry/openapi.trimmed.json"), base=sentry)
    session.hooks["response"].append(contract.hook)
    issue = raise_alert(sentry)["issue_id"]
    organization = f"{sentry}/api/0/organizations/acme"
    assert session.get(f"{organization}/issues/", timeout=5).json()[0]["shortId"].startswith("PRICING-")
    assert session.get(f"{organization}/issues/{issue}/", timeout=5).json()["metadata"]["type"] == "KeyError"
    event = session.get(f"{organization}/issues/{issue}/events/latest/", timeout=5).json()
    assert event["entries"][0]["data"]["values"][0]["stacktrace"]["frames"] == [FRAME]
    assert session.get(f"{sentry}/api/0/projects/acme/pricing/", timeout=5).json()["slug"] == "pricing"
    assert len(contract.checked) == 4


def test_an_alert_is_signed_over_its_raw_bytes(sentry: str, received: Log) -> None:
    answer = raise_alert(sentry)
    [(headers, body)] = received
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert (answer["status"], answer["body"]) == (200, "taken")
    assert headers["Sentry-Hook-Signature"] == digest
    assert headers["Sentry-Hook-Resource"] == "event_alert"
    assert headers["Request-Id"] == answer["request_id"]


def test_an_alert_has_the_members_that_documented_alerts_have(sentry: str, received: Log) -> None:
    documented = json.loads(vendor_file("sentry/webhooks-docs/event_alert.triggered.json").read_text())
    raise_alert(sentry)
    sent = json.loads(received[0][1])
    assert set(sent) == set(documented)
    assert set(sent["data"]["event"]) <= set(documented["data"]["event"]) | {"environment"}


def test_the_same_error_again_joins_its_issue(sentry: str, session: requests.Session) -> None:
    first, second = raise_alert(sentry, title="KeyError: 'qty'"), raise_alert(sentry, title="KeyError: 'qty'")
    other = raise_alert(sentry, title="ValueError: no")
    assert first["issue_id"] == second["issue_id"] != other["issue_id"]
    url = f"{sentry}/api/0/organizations/acme/issues/{first['issue_id']}/"
    assert session.get(url, timeout=5).json()["count"] == "2"


@pytest.mark.parametrize(("token", "status"), [("", 401), ("wrong", 401), (TOKEN, 200)])
def test_only_the_right_token_may_read(sentry: str, token: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    assert requests.get(f"{sentry}/api/0/projects/acme/pricing/", headers=headers, timeout=5).status_code == status


def test_an_unknown_issue_is_404_as_json(sentry: str, session: requests.Session) -> None:
    answer = session.get(f"{sentry}/api/0/organizations/acme/issues/99/", timeout=5)
    assert (answer.status_code, list(answer.json())) == (404, ["detail"])
