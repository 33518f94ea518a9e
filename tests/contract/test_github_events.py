"""What the stand-in tells its webhooks: the vendor's schema, the vendor's signature, and redelivery."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator

from ferry.domain.change import FileChange
from tests.contract.github_peer import (
    NAME,
    ORG,
    REPO,
    SECRET,
    TOKEN,
    Event,
    Peer,
    forge_of,
    git,
    peer,
    session_of,
    until,
)
from tests.contract.openapi import vendor_file

# GitHub sends these too, but the trimmed document has no schema of them.
WITHOUT_SCHEMA = {"pull_request.ready_for_review", "pull_request.converted_to_draft"}


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Peer]:
    with peer(tmp_path) as running:
        yield running


def commit(at: Peer, branch: str, text: str) -> str:
    forge = forge_of(at)
    head = forge.head(NAME, branch)
    if head is None:
        main = forge.head(NAME, "main")
        assert main
        forge.create_branch(NAME, branch, main)
        head = main
    return forge.commit(NAME, branch, parent=head, message=text, changes=[FileChange("check.sh", text.encode())])


def events(at: Peer, kind: str) -> list[Event]:
    return [event for event in at.receiver.events if event.kind == kind]


@cache
def _document(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def faults(event: Event) -> list[str]:
    """Where an event breaks GitHub's current schema."""
    document = _document(vendor_file("github/webhooks.openapi.trimmed.json"))
    webhook = document["webhooks"][event.kind.replace("_", "-").replace(".", "-")]["post"]
    schema = webhook["requestBody"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator({**schema, "components": document["components"]})
    return [f"{event.kind} {list(e.absolute_path)}: {e.message[:200]}" for e in validator.iter_errors(event.body)]


def a_delivery_with_everything(at: Peer) -> None:
    """A red and a green run, a comment, a draft made ready, closed, its branch deleted."""
    forge = forge_of(at)
    commit(at, "ferry/one", "exit 1\n")
    number = forge.open_draft(NAME, branch="ferry/one", base="main", title="One", body="PLAN").number
    until(lambda: events(at, "workflow_run.completed"))
    commit(at, "ferry/one", "echo\n")
    until(lambda: len(events(at, "workflow_run.completed")) == 2)
    forge.comment(NAME, number, "@ferry hello")
    forge.mark_ready(NAME, number)
    forge.close_pull_request(NAME, number)
    forge.delete_branch(NAME, "ferry/one")
    until(lambda: at.receiver.kinds()[-1:] == ["push"])


EXPECTED = {
    "push",
    "pull_request.opened",
    "pull_request.synchronize",
    "pull_request.ready_for_review",
    "pull_request.closed",
    "check_run.created",
    "check_run.completed",
    "check_suite.completed",
    "workflow_run.requested",
    "workflow_run.completed",
    "issue_comment.created",
}


def test_every_event_passes_githubs_current_schema(at: Peer) -> None:
    a_delivery_with_everything(at)
    assert set(at.receiver.kinds()) == EXPECTED
    assert [fault for event in at.receiver.events if event.kind not in WITHOUT_SCHEMA for fault in faults(event)] == []


def test_the_schema_check_can_fail() -> None:
    broken = Event("pull_request", {}, json.dumps({"action": "opened", "number": 1}).encode())
    assert any("'pull_request' is a required property" in fault for fault in faults(broken))


def test_every_delivery_is_signed_over_its_raw_body(at: Peer) -> None:
    commit(at, "ferry/one", "echo\n")
    until(lambda: len(at.receiver.events) == 2)
    for event in at.receiver.events:
        digest = hmac.new(SECRET.encode(), event.raw, hashlib.sha256).hexdigest()
        assert event.headers["X-Hub-Signature-256"] == f"sha256={digest}"
    assert len({event.headers["X-Github-Delivery"] for event in at.receiver.events}) == 2


def test_a_failed_delivery_is_not_repeated_until_asked_and_then_has_the_same_id(at: Peer) -> None:
    at.receiver.status = 500
    session = session_of(at.url)
    session.headers["Authorization"] = "Bearer any-jwt"
    commit(at, "ferry/one", "echo\n")
    until(lambda: len(at.receiver.events) == 2)

    def listed() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = session.get(f"{at.url}/app/hook/deliveries").json()
        return found if all(row["status"] != "pending" for row in found) else []

    rows = until(listed)
    assert [(row["event"], row["status_code"], row["redelivery"]) for row in rows] == [("push", 500, False)] * 2
    at.receiver.status = 202
    oldest = rows[-1]
    assert session.post(f"{at.url}/app/hook/deliveries/{oldest['id']}/attempts").status_code == 202
    again = until(lambda: at.receiver.events[2:])[0]
    assert again.headers["X-Github-Delivery"] == oldest["guid"]
    assert again.raw == at.receiver.events[0].raw
    assert until(listed)[0]["redelivery"] is True


def test_the_pull_request_of_an_event_carries_the_new_head(at: Peer) -> None:
    first = commit(at, "ferry/one", "exit 1\n")
    forge_of(at).open_draft(NAME, branch="ferry/one", base="main", title="One", body="")
    second = commit(at, "ferry/one", "echo\n")
    moved = until(lambda: events(at, "pull_request.synchronize"))[0].body
    assert (moved["before"], moved["after"], moved["pull_request"]["head"]["sha"]) == (first, second, second)


def test_a_git_push_has_the_same_consequences_as_the_api(at: Peer, tmp_path: Path) -> None:
    url = at.url.replace("://", f"://x-access-token:{TOKEN}@") + f"/{ORG}/{REPO}.git"
    git(tmp_path, "clone", "-q", url, "clone")
    clone = tmp_path / "clone"
    git(clone, "checkout", "-q", "-b", "by-hand")
    (clone / "check.sh").write_text("echo by hand\n")
    git(clone, "commit", "-q", "-a", "-m", "By hand")
    git(clone, "push", "-q", "origin", "by-hand")
    head = git(clone, "rev-parse", "HEAD")
    assert forge_of(at).head(NAME, "by-hand") == head
    pushed = until(lambda: events(at, "push"))[0].body
    assert (pushed["ref"], pushed["after"], pushed["created"]) == ("refs/heads/by-hand", head, True)
    assert [entry["modified"] for entry in pushed["commits"]] == [["check.sh"]]
    forge_of(at).open_draft(NAME, branch="by-hand", base="main", title="By hand", body="")
    (clone / "check.sh").write_text("echo again\n")
    (clone / "large.bin").write_bytes(os.urandom(3 << 20))  # git sends this much in chunks
    git(clone, "add", ".")
    git(clone, "commit", "-q", "-a", "-m", "Again")
    git(clone, "push", "-q", "origin", "by-hand")
    assert until(lambda: events(at, "pull_request.synchronize"))[0].body["after"] == git(clone, "rev-parse", "HEAD")


def test_a_push_without_a_token_is_refused_and_reading_is_not(at: Peer, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", f"{at.url}/{ORG}/{REPO}.git", "clone")
    reply = requests.get(f"{at.url}/{ORG}/{REPO}.git/info/refs?service=git-receive-pack", timeout=5)
    assert reply.status_code == 401


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/git/refs", b"{broken", 400),
        ("/git/refs", b'{"ref": 5}', 422),
        ("/git/refs", b'{"ref": "refs/heads/x", "sha": "%s"}' % (b"1" * 40), 422),
        ("/git/trees", b'{"tree": ["x"]}', 422),
        ("/git/trees", b'{"tree": [{"path": "../x", "content": "x"}]}', 422),
        ("/git/blobs", b'{"content": "%%%", "encoding": "base64"}', 422),
        ("/check-runs", b"{}", 422),
    ],
)
def test_a_broken_request_is_refused_in_githubs_words(at: Peer, path: str, body: bytes, status: int) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    reply = requests.post(f"{at.url}/repos/{NAME}{path}", data=body, headers=headers, timeout=5)
    assert reply.status_code == status
    assert reply.json()["message"]


def test_a_bad_credential_is_401_and_the_rest_has_githubs_error_shape(at: Peer) -> None:
    session = session_of(at.url)
    session.headers["Authorization"] = "Bearer wrong"
    reply = session.get(f"{at.url}/repos/{NAME}")
    assert (reply.status_code, reply.json()["message"]) == (401, "Bad credentials")
    session.headers["Authorization"] = f"Bearer {TOKEN}"
    assert session.get(f"{at.url}/repos/{ORG}/nothing").json()["message"] == "Not Found"
    assert int(session.get(f"{at.url}/rate_limit").headers["X-RateLimit-Remaining"]) > 0


def test_a_review_passes_githubs_current_schema(tmp_path: Path) -> None:
    with peer(tmp_path, people="ada=ada-token") as at:
        commit(at, "ferry/one", "echo\n")
        number = forge_of(at).open_draft(NAME, branch="ferry/one", base="main", title="One", body="").number
        requests.post(
            f"{at.url}/repos/{NAME}/pulls/{number}/reviews",
            json={"event": "COMMENT", "body": "@ferry help"},
            headers={"Authorization": "Bearer ada-token"},
            timeout=10,
        ).raise_for_status()

        [event] = until(lambda: events(at, "pull_request_review.submitted"))

        assert faults(event) == []
        assert event.body["review"]["user"]["login"] == "ada"
