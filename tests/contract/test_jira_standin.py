"""The Jira stand-in against Jira's own OpenAPI document and against deliveries captured from a real Jira Cloud."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from local.server import serve
from local.standins.base import StandIn, StandInSettings
from local.standins.jira import create
from local.standins.jira.jql import JqlError, search
from local.standins.jira.store import Issue
from tests.contract.openapi import Contract, Reply, Request, vendor_file
from tests.fakes.receiver import Received, Receiver, receiving

TOKEN, SECRET = "jira-token", "It's a Secret to Everybody"
ANN = ("ann@acme.example", TOKEN)
TEXT = {"type": "text", "text": "Round half up"}
DOC = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [TEXT]}]}
NEW = {"project": {"key": "FERRY"}, "issuetype": {"name": "Task"}, "summary": "Discounts", "description": DOC}


@pytest.fixture(scope="module")
def hook() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def server(hook: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    stand_in = start(tmp_path_factory.mktemp("jira"), hook)
    server = serve(stand_in.app)
    yield server.url
    server.stop()
    stand_in.close()


def start(state: Path, hook: Receiver) -> StandIn:
    settings = StandInSettings("http://jira.invalid", state, hook.url, SECRET, TOKEN, {"retry_seconds": "0.01"})
    return create(settings)


@pytest.fixture
def jira(server: str, hook: Receiver) -> Iterator[Jira]:
    hook.clear()
    with requests.Session() as session:
        session.auth = ANN
        yield Jira(server, session)


class Jira:
    def __init__(self, url: str, session: requests.Session) -> None:
        self.url, self.session = url, session

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        return self.session.request(method, f"{self.url}/rest/api/3/{path}", timeout=5, **more)

    def new_issue(self, **fields: Any) -> str:
        return str(self.call("POST", "issue", json={"fields": NEW | fields}).json()["key"])


def check(contract: Contract, answer: requests.Response) -> None:
    """Jira's document gives 204 a body that is anything; on the wire it has none."""
    if answer.status_code != 204:
        contract.hook(answer)
        return
    sent = answer.request
    body = sent.body if isinstance(sent.body, bytes) else b""
    reply = Reply(204, {"Content-Type": "application/json"}, b"null")
    contract.check(str(sent.method), str(sent.url), Request(dict(sent.headers), body), reply)


def test_every_operation_is_allowed_by_jiras_own_document(jira: Jira) -> None:
    contract = Contract(vendor_file("jira/openapi.trimmed.json"), jira.url)
    jira.session.hooks["response"].append(lambda answer, **_: check(contract, answer))
    key = jira.new_issue(labels=["pricing"])
    jira.call("PUT", f"issue/{key}", json={"update": {"labels": [{"add": "AI"}]}})
    jira.call("POST", f"issue/{key}/transitions", json={"transition": {"id": "21"}})
    comment = jira.call("POST", f"issue/{key}/comment", json={"body": DOC}).json()
    jira.call("PUT", f"issue/{key}/comment/{comment['id']}", json={"body": DOC})
    link = {"globalId": "pr-1", "object": {"url": "https://github.test/acme/pricing/pull/1", "title": "PR 1"}}
    assert [jira.call("POST", f"issue/{key}/remotelink", json=link).status_code for _ in range(2)] == [201, 200]
    issue = jira.call("GET", f"issue/{key}", params={"expand": "changelog"}).json()
    assert (issue["fields"]["labels"], issue["fields"]["status"]["name"]) == (["pricing", "AI"], "In Progress")
    assert jira.call("GET", f"issue/{key}/changelog").json()["total"] == 2
    for path in ("transitions", "comment"):
        assert jira.call("GET", f"issue/{key}/{path}").ok
    for path in ("myself", "serverInfo", "project/FERRY", "search/jql?jql=project=FERRY", "issue/FERRY-99"):
        jira.call("GET", path)
    jira.call("POST", "search/jql", json={"jql": f"key = {key}", "fields": ["summary"]})
    jira.call("POST", "search/approximate-count", json={"jql": "project = FERRY"})
    jira.call("POST", "issue", json={"fields": {"summary": ""}})
    assert len(contract.checked) == 16


def test_a_delivery_is_signed_by_the_published_rule(jira: Jira, hook: Receiver) -> None:
    vector = json.loads(vendor_file("signatures/vectors.json").read_text())["jira"]
    assert vector["secret"] == SECRET
    assert vector["signature"] == _signature(vector["body"].encode())
    jira.new_issue()
    [delivery] = hook.wait(1)
    assert delivery.headers["x-hub-signature"] == _signature(delivery.body)


def test_an_added_label_is_told_exactly_as_a_real_jira_tells_it(jira: Jira, hook: Receiver) -> None:
    captured = json.loads(vendor_file("jira/webhooks/webhook-issue-updated-labels.json").read_text())
    key = jira.new_issue(labels=["test-label"])
    jira.call("PUT", f"issue/{key}", json={"update": {"labels": [{"add": "AI"}]}})
    sent = _payload(hook.wait(2)[1])
    assert list(sent) == list(captured)
    assert set(sent["changelog"]) == set(captured["changelog"])
    item = captured["changelog"]["items"][0] | {"fromString": "test-label", "toString": "test-label AI"}
    assert sent["changelog"]["items"] == [item]
    assert sent["issue"]["fields"]["description"] == "Round half up"
    assert "/rest/api/2/issue/" in sent["issue"]["self"]
    assert set(sent["issue"]["fields"]) <= set(captured["issue"]["fields"])
    assert set(sent["user"]) <= {*captured["user"], "accountType"}


def test_a_comment_is_told_without_labels_and_without_a_user(jira: Jira, hook: Receiver) -> None:
    captured = json.loads(vendor_file("jira/webhooks/webhook-cloud-comment-created.json").read_text())
    key = jira.new_issue(labels=["AI"])
    jira.call("POST", f"issue/{key}/comment", json={"body": DOC})
    sent = _payload(hook.wait(2)[1])
    assert list(sent) == list(captured)
    assert set(sent["comment"]) == set(captured["comment"])
    assert set(sent["issue"]["fields"]) == set(captured["issue"]["fields"])
    assert sent["comment"]["body"] == "Round half up"


def test_a_refused_delivery_comes_again_under_the_same_identifier(jira: Jira, hook: Receiver) -> None:
    hook.answers += [503, 429]
    jira.new_issue()
    first, second, third = hook.wait(3)
    assert len({d.headers["x-atlassian-webhook-identifier"] for d in (first, second, third)}) == 1
    assert [d.headers.get("x-atlassian-webhook-retry") for d in (first, second, third)] == [None, "1", "2"]
    assert first.body == third.body


def test_a_delivery_that_a_receiver_rejects_for_good_is_not_repeated(jira: Jira, hook: Receiver) -> None:
    hook.answers += [401]
    jira.new_issue()
    jira.new_issue()
    identifiers = [d.headers["x-atlassian-webhook-identifier"] for d in hook.wait(2)]
    assert len(set(identifiers)) == 2


def test_a_past_delivery_can_be_repeated_byte_for_byte(jira: Jira, hook: Receiver) -> None:
    jira.new_issue()
    first = hook.wait(1)[0]
    again = {"identifier": first.headers["x-atlassian-webhook-identifier"]}
    assert requests.post(f"{jira.url}/_standin/redeliver", json=again, timeout=5).status_code == 202
    second = hook.wait(2)[1]
    assert second.body == first.body
    assert second.headers["x-atlassian-webhook-identifier"] == again["identifier"]
    assert requests.post(f"{jira.url}/_standin/redeliver", json={"identifier": "x"}, timeout=5).status_code == 404


def test_a_change_that_changes_nothing_is_not_told(jira: Jira, hook: Receiver) -> None:
    key = jira.new_issue(labels=["AI"])
    jira.call("PUT", f"issue/{key}", json={"update": {"labels": [{"add": "AI"}]}})
    jira.call("PUT", f"issue/{key}", json={"fields": {"summary": "Discounts, rounded"}})
    assert [_payload(d)["webhookEvent"] for d in hook.wait(2)] == ["jira:issue_created", "jira:issue_updated"]
    assert _payload(hook.wait(2)[1])["changelog"]["items"][0]["field"] == "summary"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"labels": ["two words"]}, "labels"),
        ({"description": "plain text"}, "description"),
        ({"description": {**DOC, "content": [{"type": "text", "text": ""}]}}, "description"),
        ({"summary": "a\nb"}, "summary"),
        ({"status": "Done"}, "status"),
        ({"customfield_1": 1}, "customfield_1"),
    ],
)
def test_a_wrong_field_is_refused_by_name(jira: Jira, fields: dict[str, Any], field: str) -> None:
    answer = jira.call("PUT", f"issue/{jira.new_issue()}", json={"fields": fields})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_search_pages_by_token_and_gives_ids_only(jira: Jira) -> None:
    keys = {jira.new_issue(labels=["paged"]) for _ in range(3)}
    query = {"jql": "labels = paged ORDER BY key", "maxResults": "2"}
    first = jira.call("GET", "search/jql", params=query).json()
    assert [set(issue) for issue in first["issues"]] == [{"id"}, {"id"}]
    assert first["isLast"] is False
    rest = jira.call("GET", "search/jql", params=query | {"nextPageToken": first["nextPageToken"]}).json()
    assert (len(rest["issues"]), rest["isLast"], "nextPageToken" in rest) == (1, True, False)
    named = jira.call("GET", "search/jql", params={"jql": "labels = paged", "fields": "summary"}).json()["issues"]
    assert {issue["key"] for issue in named} == keys


def test_a_link_with_the_same_global_id_is_replaced(jira: Jira) -> None:
    key = jira.new_issue()
    for title in ("draft", "ready"):
        link = {"globalId": "pr-1", "object": {"url": "https://github.test/acme/pricing/pull/1", "title": title}}
        jira.call("POST", f"issue/{key}/remotelink", json=link)
    assert [link["object"]["title"] for link in jira.call("GET", f"issue/{key}/remotelink").json()] == ["ready"]


def test_the_removed_search_is_gone(jira: Jira) -> None:
    assert jira.call("GET", "search", params={"jql": "project = FERRY"}).status_code == 410


@pytest.mark.parametrize("auth", [None, ("ann@acme.example", "wrong"), ("ann@acme.example", "")])
def test_only_the_right_token_may_call(server: str, auth: tuple[str, str] | None) -> None:
    assert requests.get(f"{server}/rest/api/3/myself", auth=auth, timeout=5).status_code == 401


def test_tickets_survive_a_restart(tmp_path: Path, hook: Receiver) -> None:
    first = start(tmp_path, hook)
    created = first.app.test_client().post("/rest/api/3/issue", json={"fields": NEW}, auth=ANN)  # type: ignore[attr-defined]
    first.close()
    again = start(tmp_path, hook)
    client = again.app.test_client()  # type: ignore[attr-defined]
    assert client.get(f"/rest/api/3/issue/{created.json['key']}", auth=ANN).json["fields"]["summary"] == "Discounts"
    assert client.post("/rest/api/3/issue", json={"fields": NEW}, auth=ANN).json["key"] == "FERRY-2"
    again.close()


def test_a_tickets_page_shows_its_text_and_runs_none_of_it(jira: Jira) -> None:
    evil = {"type": "text", "text": "<script>", "marks": [{"type": "link", "attrs": {"href": "javascript:x()"}}]}
    key = jira.new_issue(summary="<b>", description={**DOC, "content": [{"type": "paragraph", "content": [evil]}]})
    page = jira.session.get(f"{jira.url}/browse/{key}", timeout=5).text
    assert "<h1>&lt;b&gt;</h1>" in page
    assert "<script>" not in page
    assert "javascript:" not in page


OLD, NOW = "2020-01-01T00:00:00.000+0000", "2026-11-21T00:00:00.000+0000"
ISSUES = [
    Issue("1", "FERRY-1", "Round prices", "Task", "a@b", OLD, OLD, labels=["AI", "pricing"]),
    Issue("2", "FERRY-2", "Ship it", "Task", "a@b", NOW, NOW, status="In Progress"),
    Issue("10", "FERRY-10", "Round weights", "Bug", "a@b", NOW, NOW, labels=["AI"]),
]


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        ("project = FERRY ORDER BY key", ["FERRY-1", "FERRY-2", "FERRY-10"]),
        ("project = ferry", ["FERRY-10", "FERRY-2", "FERRY-1"]),
        ("labels = AI AND labels = pricing", ["FERRY-1"]),
        ('status in ("In Progress", Done)', ["FERRY-2"]),
        ("status != 'To Do'", ["FERRY-2"]),
        ("key not in (FERRY-1, FERRY-2)", ["FERRY-10"]),
        ("summary ~ round AND updated < 2021-01-01", ["FERRY-1"]),
        ('updated >= "2021/01/01 00:00" order by summary desc', ["FERRY-2", "FERRY-10"]),
        ("project = OTHER", []),
    ],
)
def test_jql_finds(jql: str, keys: list[str]) -> None:
    assert [issue.key for issue in search(jql, ISSUES)] == keys


@pytest.mark.parametrize(
    ("jql", "why"),
    [
        ("", "Unbounded"),
        ("ORDER BY key", "Unbounded"),
        ("assignee = ann", "assignee"),
        ("project = A OR project = B", "OR"),
        ("project", "not a comparison"),
        ("project = 'A", "position"),
        ("updated >= someday", "someday"),
        ("labels ~ AI", "labels"),
    ],
)
def test_jql_beyond_this_stand_in_is_refused_by_name(jql: str, why: str) -> None:
    with pytest.raises(JqlError, match=why):
        search(jql, ISSUES)


def _payload(delivery: Received) -> dict[str, Any]:
    return dict(json.loads(delivery.body))


def _signature(body: bytes) -> str:
    return f"sha256={hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}"
