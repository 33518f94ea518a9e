"""What a delivery asks for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.domain.approval import Decision
from ferry.domain.ticket import Ticket
from ferry.domain.triggers import Nothing
from ferry.domain.triggers.github import CiFinished, Pushed, read_github, read_push
from ferry.domain.triggers.jira import read_jira
from ferry.domain.triggers.slack import Click, Command, button_value, read_slack
from tests.template import ROOT

AT = "2026-11-21T12:00:00.000+00:00"
CAPTURED = ROOT.parent / "shared" / "contracts" / "jira" / "webhooks"
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def labelled(before: str = "", after: str = "AI", **extra: Any) -> dict[str, Any]:
    issue = {
        "key": "FERRY-1",
        "self": "https://acme.example/rest/api/2/issue/1",
        "fields": {
            "summary": "A title",
            "description": "Text",
            "labels": after.split(),
            "reporter": {"displayName": "Ann"},
        },
    }
    item = {"field": "labels", "fromString": before, "toString": after}
    return {
        "webhookEvent": "jira:issue_updated",
        "user": {"accountId": "A1"},
        "issue": issue,
        "changelog": {"items": [item]},
        **extra,
    }


def jira(body: dict[str, Any]) -> Ticket | Nothing:
    return read_jira(body, label="AI", own_account="FERRY", at=AT)


def test_a_label_added_freezes_the_ticket() -> None:
    assert jira(labelled("bug", "bug AI")) == Ticket(
        key="FERRY-1",
        title="A title",
        text="Text",
        url="https://acme.example/browse/FERRY-1",
        author="Ann",
        triggered_by="A1",
        triggered_at=AT,
    )


def test_of_what_ferry_does_only_a_ticket_opened_for_an_error_starts() -> None:
    body = labelled() | {"webhookEvent": "jira:issue_created", "changelog": None, "user": {"accountId": "FERRY"}}
    body["issue"]["fields"]["labels"] = ["AI", "sentry-auto"]
    edited = body | {"webhookEvent": "jira:issue_updated", "changelog": labelled()["changelog"]}
    plain = json.loads(json.dumps(body))
    plain["issue"]["fields"]["labels"] = ["AI"]

    assert isinstance(jira(body), Ticket)
    assert isinstance(jira(edited), Nothing)
    assert isinstance(jira(plain), Nothing)


def test_an_issue_created_with_the_label_starts_too() -> None:
    body = labelled() | {"webhookEvent": "jira:issue_created", "changelog": None}

    assert isinstance(jira(body), Ticket)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(labelled("AI", "AI bug"), "was not added", id="the label was there before"),
        pytest.param(labelled("AI", "bug"), "was not added", id="the label was removed"),
        pytest.param(labelled("", "AIR"), "was not added", id="another label"),
        pytest.param(labelled() | {"webhookEvent": "comment_created"}, "starts nothing", id="another event"),
        pytest.param(labelled() | {"user": {"accountId": "FERRY"}}, "own account", id="Ferry did it"),
        pytest.param({}, "starts nothing", id="an empty payload"),
        pytest.param({"webhookEvent": "jira:issue_updated"}, "was not added", id="no issue"),
    ],
)
def test_anything_else_starts_nothing_and_says_why(body: dict[str, Any], reason: str) -> None:
    wish = jira(body)

    assert isinstance(wish, Nothing)
    assert reason in wish.reason


def test_a_ticket_without_text_is_still_a_ticket() -> None:
    body = labelled()
    body["issue"]["fields"] |= {"description": None, "reporter": None}

    wish = jira(body)

    assert isinstance(wish, Ticket)
    assert (wish.text, wish.author) == ("", "unknown")


@pytest.mark.skipif(not CAPTURED.is_dir(), reason="captured deliveries lie in ../shared/contracts, which is not here")
def test_every_captured_delivery_is_understood() -> None:
    captured = [json.loads(path.read_bytes()) for path in sorted(Path(CAPTURED).glob("*.json"))]

    assert captured
    assert all(isinstance(jira(body), Nothing) for body in captured)


@given(body=st.dictionaries(st.sampled_from(["webhookEvent", "issue", "changelog", "user"]), json_values))
def test_no_jira_payload_makes_the_rules_raise(body: dict[str, Any]) -> None:
    assert isinstance(jira(body), Nothing)


def finished(kind: str = "check_suite", **changes: Any) -> dict[str, Any]:
    subject = {"head_sha": "abc", "pull_requests": [{"number": 7}]}
    return {"action": "completed", kind: subject, "repository": {"full_name": "acme/pricing"}, **changes}


@pytest.mark.parametrize("kind", ["check_suite", "check_run", "workflow_run"])
def test_what_completes_on_a_pull_request_is_a_hint(kind: str) -> None:
    assert read_github(kind, finished(kind)) == CiFinished("acme/pricing", "abc", (7,))


PUSH = {"ref": "refs/heads/main", "after": "a" * 40, "repository": {"full_name": "acme/a", "default_branch": "main"}}


def test_a_push_to_the_default_branch_says_where_it_is_now() -> None:
    assert read_push(PUSH) == Pushed("acme/a", "main", "a" * 40)


@given(body=st.dictionaries(st.sampled_from(list(PUSH)), json_values))
def test_no_push_makes_the_rules_raise(body: dict[str, Any]) -> None:
    assert isinstance(read_push(body), Nothing)
    assert isinstance(read_push({**PUSH, **body}), Nothing | Pushed)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("ping", {}),
        ("check_suite", finished(action="requested")),
        ("check_suite", finished(check_suite={"head_sha": "abc", "pull_requests": []})),
        ("push", {"ref": "refs/heads/main"}),
        ("", {}),
    ],
)
def test_other_github_events_start_nothing(kind: str, body: dict[str, Any]) -> None:
    assert isinstance(read_github(kind, body), Nothing)


@given(
    kind=st.sampled_from(["check_suite", "check_run"]),
    body=st.dictionaries(st.sampled_from(["check_suite"]), json_values),
)
def test_no_github_payload_makes_the_rules_raise(kind: str, body: dict[str, Any]) -> None:
    assert isinstance(read_github(kind, {**body, "action": "completed"}), Nothing)


def click(action: str = "approve", value: str = "", feedback: str | None = None) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "user": {"id": "U1"},
        "channel": {"id": "C1"},
        "actions": [{"action_id": action, "value": value or button_value("FERRY-1-a", "id", "d" * 64)}],
        "state": {"values": {"feedback": {"text": {"type": "plain_text_input", "value": feedback}}}},
    }


def test_a_click_names_what_was_shown_and_what_was_written() -> None:
    assert read_slack(click("request_changes", feedback=" smaller steps ")) == Click(
        "U1", "FERRY-1-a", "id", "d" * 16, Decision.CHANGES_REQUESTED, "smaller steps", "C1"
    )


@pytest.mark.parametrize("body", [click("other"), click(value="forged"), {"type": "view_submission"}, {}])
def test_a_click_on_something_else_is_nothing(body: dict[str, Any]) -> None:
    assert isinstance(read_slack(body), Nothing)


@pytest.mark.parametrize(
    ("text", "words"),
    [("approve T1", ("T1",)), ('changes T1 "a b" c', ("T1", "a b", "c")), ("reject T1 don't", ("T1", "don't"))],
)
def test_a_command_is_a_verb_and_words(text: str, words: tuple[str, ...]) -> None:
    command = read_slack({"command": "/agent", "text": text, "user_id": "U1", "channel_id": "C1"})

    assert command == Command("U1", text.split()[0], words, "C1")
