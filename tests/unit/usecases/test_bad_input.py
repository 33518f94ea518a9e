"""Bad input, case by case, from the door to the receipt: which answer it gets, and that it starts nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ferry.domain.delivery import Outcome
from ferry.domain.errors import MissingSecret, RateLimited, VendorRefused, VendorUnavailable
from ferry.domain.request import Request
from ferry.usecases.admit import admit
from ferry.usecases.receive import receive
from ferry.usecases.rules import Rules
from tests.contract.vectors import signed
from tests.unit.usecases.conftest import FakeWorld
from tests.unit.usecases.test_receive import DOORS, NOW, SECRET, FakeQueue, deliver

RULES = Rules(label="AI", own_account="", approvers=frozenset({"U1"}), max_revisions=3)
LABELS = {"items": [{"field": "labels", "fromString": "", "toString": "AI"}]}
PERSON = {"accountId": "a1", "displayName": "Ann", "accountType": "atlassian"}
JIRA: dict[str, Any] = {"webhookEvent": "jira:issue_updated", "user": PERSON, "changelog": LABELS}


def answers(source: str, body: dict[str, Any], **headers: str) -> tuple[FakeQueue, FakeWorld]:
    """The door took it; the queue with what it took, and an empty world to admit it to."""
    queue = FakeQueue()
    status, answer = deliver(DOORS[source], json.dumps(body).encode(), queue, **headers)
    assert (status, answer) == (200, {"delivery_id": queue.sent[0].name})
    return queue, FakeWorld()


@pytest.mark.parametrize("source", DOORS)
def test_a_refused_signature_does_not_say_which_part_was_wrong(source: str) -> None:
    right = signed(source, b"{}", SECRET, NOW)
    wrong = [{}, signed(source, b"{ }", SECRET, NOW), signed(source, b"{}", "another", NOW)]
    wrong += [{**right, name: ""} for name in right] + [{**right, name: "v0=é"} for name in right]

    told = [
        receive(Request(headers, b"{}", {}), DOORS[source], secret=lambda: SECRET, queue=FakeQueue(), now=NOW)
        for headers in wrong
    ]

    assert {status for status, _ in told} == {401}
    assert len({json.dumps(answer) for _, answer in told}) == 1


@pytest.mark.parametrize("source", DOORS)
@pytest.mark.parametrize(("body", "status"), [(b"{" + b" " * 6_000_000 + b"}", 413), (b"no json", 400)])
def test_six_megabytes_are_too_many_and_what_is_not_json_is_not_understood(
    source: str, body: bytes, status: int
) -> None:
    queue = FakeQueue()

    assert deliver(DOORS[source], body, queue)[0] == status
    assert not queue.sent


@pytest.mark.parametrize(
    ("issue", "outcome", "why"),
    [
        ({}, Outcome.IGNORED, "names no issue key"),
        (None, Outcome.IGNORED, "names no issue key"),
        ({"key": "F-1"}, Outcome.STARTED, ""),
        ({"key": "F-1", "fields": None}, Outcome.STARTED, ""),
        ({"key": "F-1", "fields": {"summary": "s", "description": None, "labels": ["AI"]}}, Outcome.STARTED, ""),
        ({"key": "F-1", "fields": {"summary": "s", "description": "d", "labels": None}}, Outcome.STARTED, ""),
    ],
)
def test_a_jira_payload_with_holes_is_read_as_far_as_it_goes(issue: Any, outcome: Outcome, why: str) -> None:
    queue, world = answers("jira", {**JIRA, "issue": issue})

    receipt = admit(queue.sent[0], world, RULES)

    assert receipt.outcome is outcome
    assert why in receipt.reason
    assert len(world.store.tasks()) == (outcome is Outcome.STARTED)


@pytest.mark.parametrize("fields", [None, {}, {"labels": None}, {"labels": "AI"}, {"labels": [], "description": None}])
def test_a_jira_issue_created_without_the_label_starts_nothing(fields: Any) -> None:
    body = {"webhookEvent": "jira:issue_created", "user": PERSON, "issue": {"key": "F-1", "fields": fields}}
    queue, world = answers("jira", body)

    assert admit(queue.sent[0], world, RULES).outcome is Outcome.IGNORED
    assert not world.store.tasks()


@pytest.mark.parametrize(
    ("source", "body", "headers", "why"),
    [
        ("github", {"zen": "Keep it logically awesome."}, {"x-github-event": "ping"}, "GitHub says hello"),
        ("github", {"action": "created"}, {"x-github-event": "star"}, "star created starts nothing"),
        ("github", {}, {}, "an event without a name"),
        ("sentry", {"action": "created"}, {"sentry-hook-resource": "installation"}, "installation"),
        ("jira", {"webhookEvent": "sprint_started"}, {}, "sprint_started starts nothing"),
        ("slack", {"type": "block_suggestion"}, {}, "block_suggestion"),
    ],
)
def test_a_valid_event_that_ferry_does_not_know_is_ignored(
    source: str, body: dict[str, Any], headers: dict[str, str], why: str
) -> None:
    queue, world = answers(source, body, **headers)

    receipt = admit(queue.sent[0], world, RULES)

    assert receipt.outcome is Outcome.IGNORED
    assert why in receipt.reason


@pytest.mark.parametrize("source", DOORS)
@pytest.mark.parametrize("failure", [VendorUnavailable("away"), RateLimited("slow"), VendorRefused("no", 403)])
def test_whenever_our_own_storage_fails_the_sender_is_asked_to_try_again(source: str, failure: Exception) -> None:
    class Broken(FakeQueue):
        def send(self, delivery: object) -> None:
            raise failure

    assert deliver(DOORS[source], b"{}" if source != "slack" else b"command=%2Fagent", Broken())[0] == 503


@pytest.mark.parametrize("failure", [MissingSecret("none"), VendorUnavailable("away"), VendorRefused("no", 403)])
def test_a_secret_that_cannot_be_read_is_our_own_failure(failure: Exception) -> None:
    def secret() -> str:
        raise failure

    answer = receive(Request({}, b"{}", {}), DOORS["jira"], secret=secret, queue=FakeQueue(), now=NOW)

    assert answer[0] == 503
