"""The log of a webhook's deliveries: what failed is asked for again until it is taken, by GitHub's documented calls."""

from __future__ import annotations

import io
import json
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from requests.adapters import HTTPAdapter

from ferry.adapters.clock import SystemClock
from ferry.adapters.github_auth import app_jwt
from ferry.adapters.github_hooks import APP, GitHubHookLog
from ferry.adapters.github_http import GitHubApi
from ferry.adapters.wiring import CloudWorld, WorldSettings
from ferry.domain.hooks import FailedHook
from tests.contract.github_peer import peer, session_of, until
from tests.contract.github_play import Play
from tests.contract.test_github_auth import _keys
from tests.fakes.clock import FakeClock

# By hand from @octokit/openapi 23.0.2 (MIT): list-webhook-deliveries and redeliver-webhook-delivery of apps, orgs and
# repos. The trimmed document of the contract folder leaves them out.
ASKED = {"per_page", "cursor", "status"}
ITEM = {
    "id": int,
    "guid": str,
    "delivered_at": str,
    "redelivery": bool,
    "duration": float,
    "status": str,
    "status_code": int,
    "event": str,
    "action": str,
    "installation_id": int,
    "repository_id": int,
}
BASE = "https://github.test"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_delivery_that_failed_is_found_and_redelivered_under_its_own_id(tmp_path: Path) -> None:
    with peer(tmp_path) as at:
        at.receiver.status = 500
        log = GitHubHookLog(GitHubApi(at.url, lambda: "a-jwt", session=session_of(at.url)), SystemClock())
        Play(at)
        [lost] = until(log.failed)
        assert (lost.event, lost.attempts) == ("push", 1)

        log.redeliver(lost)
        again = until(lambda: [hook for hook in log.failed() if hook.attempts == 2])[0]
        assert again.guid == lost.guid
        at.receiver.status = 202
        log.redeliver(again)

        assert until(lambda: not log.failed())
        sent = {event.headers["X-Github-Delivery"] for event in at.receiver.events}
        assert sent == {lost.guid}
        assert len(at.receiver.events) == 3


def test_the_stand_ins_log_has_the_fields_of_githubs_document(tmp_path: Path) -> None:
    with peer(tmp_path) as at:
        Play(at)
        url, headers = f"{at.url}/app/hook/deliveries", {"Authorization": "Bearer a-jwt"}
        found = until(lambda: requests.get(url, headers=headers, timeout=5).json())[0]
        assert set(found) >= set(ITEM)
        assert {name: type(found[name]) for name in ITEM} == {**ITEM, "action": type(None)}


class GitHub(HTTPAdapter):
    """Two pages by cursor, as GitHub has them, and every call that came."""

    def __init__(self, *pages: list[dict[str, Any]]) -> None:
        super().__init__()
        self._pages = pages
        self.calls: list[tuple[str, str, set[str]]] = []
        self.tokens: list[str] = []

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        parts = urlsplit(str(request.url))
        query = parse_qs(parts.query)
        self.calls.append((str(request.method), parts.path, set(query)))
        self.tokens.append(request.headers["Authorization"].removeprefix("Bearer "))
        page = int(query.get("cursor", ["0"])[0])
        reply = requests.Response()
        reply.status_code, reply.request, reply.url = 200 if request.method == "GET" else 202, request, str(request.url)
        if request.method == "GET" and page + 1 < len(self._pages):
            link = f'<{BASE}{parts.path}?per_page=100&cursor={page + 1}>; rel="next"'
            reply.headers["Link"] = link
        reply.raw = io.BytesIO(json.dumps(self._pages[page] if request.method == "GET" else {}).encode())
        return reply


def item(id: int, status_code: int, minutes: float = 30, **more: Any) -> dict[str, Any]:
    at = (NOW - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = {"id": id, "guid": f"g{id}", "delivered_at": at, "redelivery": False, "duration": 0.1, "status": "x"}
    rest = {"event": "push", "action": None, "installation_id": 1, "repository_id": None, "status_code": status_code}
    return {**found, **rest, **more}


def log_of(github: GitHub, hook: str, clock: FakeClock) -> tuple[GitHubHookLog, str]:
    """The log, and the public key of the App that asks."""
    private, public = _keys()
    session = requests.Session()
    session.mount(BASE, github)
    return GitHubHookLog(GitHubApi(BASE, app_jwt("4711", private, clock), session=session), clock, hook), public


@pytest.mark.parametrize("hook", [APP, "orgs/acme/hooks/42", "repos/acme/pricing/hooks/42"])
def test_both_calls_are_those_that_github_documents_for_each_kind_of_webhook(hook: str) -> None:
    github = GitHub([item(3, 200)], [item(2, 502)])
    log, _ = log_of(github, hook, FakeClock(NOW))

    [lost] = log.failed()
    log.redeliver(lost)

    assert lost == FailedHook("g2", "push", 1, 2)
    path = f"/{hook}/deliveries"
    assert [call[:2] for call in github.calls] == [("GET", path), ("GET", path), ("POST", f"{path}/2/attempts")]
    assert all(query <= ASKED for _, _, query in github.calls)


def test_the_app_speaks_for_itself_by_a_jwt_and_not_by_an_installations_token() -> None:
    github, clock = GitHub([item(2, 502)]), FakeClock(datetime.now(UTC))
    log, public = log_of(github, APP, clock)

    log.redeliver(FailedHook("g2", "push", 1, 2))

    assert jwt.decode(github.tokens[0], public, algorithms=["RS256"])["iss"] == "4711"


@pytest.mark.parametrize(("minutes", "failed"), [(0.1, 0), (5, 1)])
def test_an_attempt_without_an_answer_has_failed_once_github_waits_no_more(minutes: float, failed: int) -> None:
    log, _ = log_of(GitHub([item(2, 0, minutes)]), APP, FakeClock(NOW))

    assert len(log.failed()) == failed


@pytest.mark.parametrize(
    ("named", "watched"),
    [({}, False), ({"github_app_id": "4711"}, True), ({"github_hook": "orgs/acme/hooks/42"}, True)],
)
def test_deliveries_are_watched_where_an_app_or_a_webhook_is_named(named: dict[str, str], watched: bool) -> None:
    needed = {field.name: "x" for field in fields(WorldSettings) if field.default is MISSING}
    world = CloudWorld(WorldSettings(**{**needed, **named}))
    vars(world)["secrets"] = Secrets()

    assert (world.hooks is not None) is watched


class Secrets:
    def get(self, id: str) -> str:
        return "a secret"
