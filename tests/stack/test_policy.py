"""A plan that takes two: the shipped template, a user group at the Slack stand-in, and signed clicks of two people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.stack.journey import Journey, running

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
# The group has one member, the approver.
POLICY = {
    "approvers": ["slack-group:S0APPROVE1"],
    "rules": [{"name": "pricing", "repositories": ["acme/pricing"], "approvers": ["slack:UOTHER0002"]}],
}


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    with running(tmp_path_factory.mktemp("checkout"), APPROVAL_POLICY=json.dumps(POLICY)) as journey:
        yield journey


def request_message(journey: Journey, task: str) -> dict[str, Any]:
    ref = journey.peers.story(task)["approvals"][-1]["message_ref"]
    return next(one for one in journey.messages() if f"{one['channel']}:{one['ts']}" == ref)


def test_execution_begins_with_the_second_of_two_approvals(journey: Journey) -> None:
    task = journey.start()

    first = journey.decide(task, "approve")
    assert first["outcome"] == "voted", first
    assert first["reason"].startswith("1 of 1 approvals: slack:UAPPROVER1; rule pricing: 0 of 1 approvals")
    assert journey.peers.story(task)["task"]["status"] == "awaiting_approval"
    assert "1 more needed of <@UOTHER0002>" in json.dumps(request_message(journey, task)["blocks"])

    again = journey.decide(task, "approve")
    assert (again["outcome"], again["reason"][:26]) == ("ignored", "you approved this already;")

    second = journey.decide(task, "approve", user="other")
    assert (second["outcome"], second["reason"]) == ("decided", "approved by slack:UOTHER0002")
    assert journey.reach(task, "executing", "watching_ci", "succeeded", seconds=60)
    assert "approvals: <@UAPPROVER1>, <@UOTHER0002>" in json.dumps(request_message(journey, task)["blocks"])


def test_one_rejection_ends_it_whoever_approved_before(journey: Journey) -> None:
    task = journey.start()
    assert journey.decide(task, "approve")["outcome"] == "voted"

    assert journey.decide(task, "reject", "not now", user="other")["outcome"] == "decided"

    journey.reach(task, "rejected")
