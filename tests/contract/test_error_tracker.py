"""`ErrorTracker` over real HTTP and in memory, by the same suite; then what only the Sentry adapter can meet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from ferry.adapters.http_retry import Patience
from ferry.adapters.sentry import SentryErrorTracker
from ferry.domain.errors import NotFound, VendorRefused, VendorUnavailable
from ferry.domain.incident import ErrorEvent, ErrorIssue, Frame
from ferry.ports import ErrorTracker
from local.server import serve
from local.standins.base import StandInSettings
from local.standins.sentry import create
from tests.contract.openapi import Contract, vendor_file
from tests.fakes.watch import FakeErrorTracker

TOKEN = "sntrys-token"
URL = "https://jira.test/browse/FERRY-9"
INSTALLATION = "a8e5d37a-696c-4c54-adb5-b3f28d64c7de"
FRAME = {"filename": "pricing/tax.py", "function": "rate", "lineno": 12, "context_line": "return rates[country]"}
ERROR = {"title": "KeyError: 'NL'", "culprit": "pricing.tax in rate", "frames": [FRAME], "release": "1.4.2"}
ISSUE = ErrorIssue(
    id="1",
    short_id="PRICING-1",
    title="KeyError: 'NL'",
    culprit="pricing.tax in rate",
    level="error",
    url="",
    project="pricing",
    events=3,
    users=0,
)
EVENT = ErrorEvent(
    id="e",
    at="",
    release="1.4.2",
    environment="production",
    error="KeyError: 'NL'",
    frames=(Frame(path="pricing/tax.py", function="rate", line=12, code="return rates[country]"),),
)


@pytest.fixture(scope="module")
def sentry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = serve(create(StandInSettings("http://sentry.invalid", tmp_path_factory.mktemp("sentry"), token=TOKEN)).app)
    requests.post(f"{server.url}/_standin/alert", json={**ERROR, "events": 3}, timeout=5).raise_for_status()
    rare = {"title": "ValueError: rare", "level": "warning"}
    requests.post(f"{server.url}/_standin/alert", json=rare, timeout=5).raise_for_status()
    yield server.url
    server.stop()


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


@pytest.fixture(params=["sentry", "fake"])
def tracker(request: pytest.FixtureRequest, session: requests.Session) -> ErrorTracker:
    if request.param == "fake":
        rare = ISSUE.model_copy(update={"id": "2", "title": "ValueError: rare", "level": "warning", "events": 1})
        return FakeErrorTracker((ISSUE, EVENT), (rare, EVENT))
    return SentryErrorTracker(request.getfixturevalue("sentry"), "acme", TOKEN, session=session)


def test_an_issue_says_how_often_it_was_seen_in_a_day(tracker: ErrorTracker) -> None:
    assert tracker.issue("1").model_copy(update={"url": ""}) == ISSUE


def test_issues_are_all_there_with_the_same_numbers(tracker: ErrorTracker) -> None:
    assert {(issue.id, issue.level, issue.events) for issue in tracker.issues()} == {
        ("1", "error", 3),
        ("2", "warning", 1),
    }


def test_the_latest_event_has_release_environment_and_trace(tracker: ErrorTracker) -> None:
    assert tracker.latest_event("1").model_copy(update={"id": "e", "at": ""}) == EVENT


def test_an_unknown_issue_is_not_found(tracker: ErrorTracker) -> None:
    for ask in (tracker.issue, tracker.latest_event):
        with pytest.raises(NotFound):
            ask("99")


def test_a_link_on_an_unknown_issue_is_not_found(tracker: ErrorTracker) -> None:
    with pytest.raises(NotFound):
        tracker.link("99", "FERRY-9", URL)


def read(sentry: str, session: requests.Session, what: str) -> Any:
    url = f"{sentry}/api/0/organizations/acme/issues/1/{what}/"
    return session.get(url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=5).json()


def test_without_an_installation_the_ticket_is_named_in_one_comment(sentry: str, session: requests.Session) -> None:
    tracker = SentryErrorTracker(sentry, "acme", TOKEN, session=session)

    for _ in range(2):
        tracker.link("1", "FERRY-9", URL)

    assert [one["data"]["text"] for one in read(sentry, session, "comments")] == [f"Ferry opened FERRY-9: {URL}"]


def test_an_integration_links_the_ticket_where_sentry_shows_links_and_says_nothing_else(
    sentry: str, session: requests.Session
) -> None:
    before = read(sentry, session, "comments")
    tracker = SentryErrorTracker(sentry, "acme", TOKEN, installation=INSTALLATION, session=session)

    for _ in range(2):
        tracker.link("1", "FERRY-9", URL)

    assert [(link["displayName"], link["webUrl"]) for link in read(sentry, session, "external-issues")] == [
        ("FERRY#FERRY-9", URL)
    ]
    assert read(sentry, session, "comments") == before


def test_the_link_is_sent_as_sentry_documents_it(sentry: str, session: requests.Session) -> None:
    """docs.sentry.io/api/integration/create-or-update-an-external-issue: path, method, and four required fields."""
    sent: list[requests.PreparedRequest] = []
    session.hooks["response"].append(lambda answer, **_: sent.append(answer.request))
    tracker = SentryErrorTracker(sentry, "acme", TOKEN, installation=INSTALLATION, session=session)

    tracker.link("1", "FERRY-9", URL)

    [request] = sent
    assert (request.method, request.path_url) == (
        "POST",
        f"/api/0/sentry-app-installations/{INSTALLATION}/external-issues/",
    )
    assert json.loads(request.body or b"") == {
        "issueId": 1,
        "webUrl": URL,
        "project": "FERRY",
        "identifier": "FERRY-9",
    }


def test_every_call_is_one_that_sentrys_own_document_knows(sentry: str, session: requests.Session) -> None:
    """But the comment: its route is in Sentry's source (GroupNotesEndpoint) and not in the document."""
    contract = Contract(vendor_file("sentry/openapi.trimmed.json"), base=sentry, beyond=[r"\w+ .*/comments/"])
    session.hooks["response"].append(contract.hook)
    tracker = SentryErrorTracker(sentry, "acme", TOKEN, session=session)

    tracker.issues()
    tracker.issue("1")
    tracker.latest_event("1")
    tracker.link("1", "FERRY-9", URL)

    assert len(contract.checked) == 3


def test_a_wrong_token_is_refused_with_the_remedy(sentry: str, session: requests.Session) -> None:
    with pytest.raises(VendorRefused, match="SENTRY_TOKEN_ID") as raised:
        SentryErrorTracker(sentry, "acme", "wrong", session=session).issues()
    assert raised.value.status == 401


def test_nobody_listening_is_unavailable(session: requests.Session) -> None:
    waits: list[float] = []
    patience = Patience(sleep=waits.append)
    with pytest.raises(VendorUnavailable, match="no answer"):
        SentryErrorTracker("http://127.0.0.1:9", "acme", TOKEN, session=session, patience=patience).issues()
    assert len(waits) == 3
