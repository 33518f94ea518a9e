"""Decisions outside Slack: a comment at the Jira stand-in, a review at the GitHub stand-in, each by its own webhook."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from ferry.adapters.adf import from_markdown
from ferry.adapters.adf_text import to_text
from ferry.domain.ticket_edit import EDITED
from local.standins.jira.shapes import account_id
from tests.stack.journey import Journey, Json, running

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
REPO = "acme/pricing"
ANN = "ann@acme.example"
POLICY = {"approvers": [f"jira:{account_id(ANN)}", "github:writer"], "channels": ["jira", "github"]}
PEOPLE = {"people": "writer=writer-token"}
ON = ("executing", "watching_ci", "fixing_ci", "succeeded")


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    policy = json.dumps(POLICY)
    with running(tmp_path_factory.mktemp("checkout"), standins={"github": PEOPLE}, APPROVAL_POLICY=policy) as journey:
        yield journey


def jira(journey: Journey, method: str, key: str, text: str = "", by: str = ANN) -> Any:
    body = {"body": from_markdown(text)} if text else None
    login = (by, journey.peers.info["secrets"]["jira_token"])
    url = f"{journey.peers.info['jira']}/rest/api/3/issue/{key}/comment"
    answer = requests.request(method, url, json=body, auth=login, timeout=20)
    assert answer.ok, answer.text
    return answer.json()


def said(journey: Journey, key: str, words: str) -> list[str]:
    """Comments of the ticket with `words` in them."""
    found = [to_text(one["body"]) for one in jira(journey, "GET", key)["comments"]]
    return [text for text in found if words in text]


def github(journey: Journey, method: str, path: str, body: Json | None = None) -> Any:
    url, headers = f"{journey.peers.info['github']}/repos/{REPO}/{path}", {"Authorization": "Bearer writer-token"}
    answer = requests.request(method, url, json=body, headers=headers, timeout=20)
    assert answer.ok, answer.text
    return answer.json()


def asked(journey: Journey, task: str, revision: int = 1) -> Json:
    """The story once the request for `revision` is open and shown."""

    def look() -> Json | None:
        story = journey.peers.story(task)
        last = (story["approvals"] or [{}])[-1]
        return story if last.get("message_ref") and last["revision"] == revision and not last["decision"] else None

    return journey.until(look, 60) or {}


def test_a_comment_of_the_ticket_that_names_what_was_shown_starts_execution(journey: Journey) -> None:
    task = journey.start()
    key = asked(journey, task)["task"]["ticket_key"]
    [told] = journey.until(lambda: said(journey, key, "answers in Slack, or here"), 30)
    [digest] = set(re.findall(r"@ferry approve ([0-9a-f]{16})", told))

    jira(journey, "POST", key, f"@ferry approve {digest}", by="stranger@acme.example")
    journey.until(lambda: said(journey, key, "you are not among those who may approve here"), 30)
    jira(journey, "POST", key, f"@ferry approve {digest}")

    story = journey.reach(task, *ON)
    [approval] = story["approvals"]
    assert (approval["decision"], approval["decided_by"]) == ("approved", f"jira:{account_id(ANN)}")
    assert approval["digest"].startswith(digest)
    assert len(journey.until(lambda: said(journey, key, "Ann: Decided"), 30)) == 1
    assert not [line for line in story["timeline"] if line["kind"] == EDITED]
    assert not [text for text in said(journey, key, "digest") if digest not in text]


def test_reviews_ask_for_changes_and_then_approve(journey: Journey) -> None:
    task = journey.start()
    [number] = [one["number"] for one in asked(journey, task)["pull_requests"] if one["repo"] == REPO]
    journey.until(lambda: "Waits for approval" in journey.peers.pull(REPO, number)["body"], 30)

    changes = {"event": "REQUEST_CHANGES", "body": "Please keep the steps small."}
    github(journey, "POST", f"pulls/{number}/reviews", changes)
    first = asked(journey, task, revision=2)["approvals"][0]
    github(journey, "POST", f"pulls/{number}/reviews", {"event": "APPROVE"})

    second = journey.reach(task, *ON)["approvals"][-1]
    assert (first["decision"], first["reason"]) == ("changes_requested", changes["body"])
    assert (second["decision"], second["decided_by"]) == ("approved", "github:writer")

    def answers() -> list[str]:
        return [one["body"] for one in github(journey, "GET", f"issues/{number}/comments") if "writer:" in one["body"]]

    told = journey.until(lambda: found if len(found := answers()) > 1 else [], 30)
    assert [text.partition("\n")[0] for text in told] == [
        "writer: Decided: changes requested by github:writer.",
        "writer: Decided: approved by github:writer.",
    ]
