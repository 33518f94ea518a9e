"""Every REST operation that the stand-in offers, checked against GitHub's own document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests

from tests.contract.github_peer import BEYOND, NAME, TOKEN, Peer, peer, until
from tests.contract.github_play import Play
from tests.contract.openapi import Contract, vendor_file

REPO = f"/repos/{NAME}"
READS = """
/rate_limit /app /installation/repositories /search/code?q=PRICE+org:acme {repo} {repo}/installation
{repo}/git/ref/heads/ferry/one {repo}/git/matching-refs/heads/ferry {repo}/git/trees/main?recursive=1
{repo}/git/blobs/{blob} {repo}/git/commits/{head} {repo}/contents/src {repo}/contents/src/price.py?ref=main
{repo}/branches {repo}/branches/ferry/one {repo}/commits?sha=ferry/one&path=check.sh {repo}/commits/{head}
{repo}/commits/{head}/check-runs?filter=all {repo}/commits/{head}/status {repo}/compare/main...ferry/one
{repo}/pulls?state=all&head=acme:ferry/one {repo}/pulls/1 {repo}/pulls/1/files {repo}/pulls/1/reviews
{repo}/issues/1/comments {repo}/actions/runs?branch=ferry/one&event=pull_request&status=completed
{repo}/actions/runs/{run} {repo}/actions/runs/{run}/jobs {repo}/actions/runs/{run}/logs {repo}/actions/jobs/{job}
{repo}/actions/jobs/{job}/logs {repo}/check-runs/{job} {repo}/check-runs/{job}/annotations
"""
WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "{repo}/git/refs", {"ref": "refs/heads/other", "sha": "{head}"}),
    ("PATCH", "{repo}/git/refs/heads/other", {"sha": "{main}", "force": True}),
    ("DELETE", "{repo}/git/refs/heads/other", {}),
    ("POST", "{repo}/issues/1/labels", {"labels": ["ai", "ferry"]}),
    ("POST", "{repo}/issues/1/comments", {"body": "first"}),
    ("PATCH", "{repo}/issues/comments/{comment}", {"body": "second"}),
    ("POST", "{repo}/check-runs", {"name": "ferry", "head_sha": "{head}", "status": "in_progress"}),
    ("PATCH", "{repo}/pulls/1", {"title": "Two", "state": "closed"}),
    ("POST", "{repo}/actions/runs/{run}/rerun-failed-jobs", {}),
    ("POST", "/app/installations/1/access_tokens", {"repositories": ["pricing"]}),
]


def test_every_operation_answers_as_githubs_document_says(tmp_path: Path) -> None:
    with peer(tmp_path) as at:
        names = _story(at)
        contract = Contract(vendor_file("github/openapi.trimmed.json"), at.url, BEYOND)
        session = requests.Session()
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {TOKEN}"
        session.hooks["response"].append(contract.hook)
        for path in READS.split():
            reply = session.get(at.url + path.format(**names), allow_redirects=False)
            assert reply.status_code in (200, 302), (path, reply.text)
        for method, path, body in WRITES:
            sent = {key: value.format(**names) if isinstance(value, str) else value for key, value in body.items()}
            reply = session.request(method, at.url + path.format(**names), json=sent)
            assert reply.status_code in (200, 201, 204), (path, reply.text)
            if path.endswith("/1/comments"):
                names["comment"] = str(reply.json()["id"])
        assert len(contract.checked) == len(READS.split()) - 1 + len(WRITES)  # a folder and a file are one operation
        assert contract.broken == []


def _story(at: Peer) -> dict[str, str]:
    """A pull request with a red run; the names that paths need."""
    play = Play(at)
    head = play.commit(check__sh="exit 1\n")
    play.open()
    run = play.finished()
    job = next(iter(play.jobs(run).values()))
    blob = play.get("/contents/check.sh")["sha"]
    main = play.forge.head(NAME, "main") or ""
    return {"repo": REPO, "head": head, "main": main, "run": run["id"], "job": job["id"], "blob": blob}


def test_a_comment_of_a_person_comes_from_that_person(tmp_path: Path) -> None:
    with peer(tmp_path, people="ada=ada-token,bob=bob-token") as at:
        play = Play(at)
        play.commit(check__sh="echo\n")
        play.open()
        headers = {"Authorization": "Bearer ada-token"}
        url = f"{at.url}{REPO}/issues/1/comments"
        assert requests.post(url, json={"body": "@ferry fix this"}, headers=headers, timeout=5).status_code == 201
        events = until(lambda: [event for event in at.receiver.events if event.kind == "issue_comment.created"])
        assert (events[0].body["sender"]["login"], events[0].body["sender"]["type"]) == ("ada", "User")


@pytest.mark.parametrize(("query", "paths"), [("price+1", ["src/price.py"]), ("PRICE+path:src", ["src/price.py"])])
def test_code_search_wants_all_words_and_keeps_to_its_qualifiers(tmp_path: Path, query: str, paths: list[str]) -> None:
    with peer(tmp_path) as at:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        found = requests.get(f"{at.url}/search/code?q={query}", headers=headers, timeout=5).json()["items"]
        assert [item["path"] for item in found] == paths
