"""Discovery that is not sure, over real HTTP: people choose the repository, and only then a plan is made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from ferry.adapters.clock import SystemClock
from ferry.adapters.dynamodb import DynamoGateStore
from ferry.domain.inquiry import Answer
from tests.stack.journey import Journey, running
from tests.stack.test_mend import sweep

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
CHOSEN = "acme/checkout"


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    """Nothing is ever sure enough, and no model is asked."""
    folder = tmp_path_factory.mktemp("checkout")
    with running(folder, DISCOVERY_CONFIDENCE="1", DISCOVERY_MODEL="off") as journey:
        yield journey


def asked(journey: Journey, task: str) -> dict[str, Any]:
    """The message with the candidates."""
    journey.reach(task, "awaiting_choice")
    return journey.until(lambda: next((m for m in journey.messages() if f"{task}|" in json.dumps(m)), None), 30) or {}


def buttons(message: dict[str, Any]) -> dict[str, str]:
    """action_id by label."""
    elements = [one for block in message["blocks"] if block["type"] == "actions" for one in block["elements"]]
    return {one["text"]["text"]: one["action_id"] for one in elements}


def click(journey: Journey, message: dict[str, Any], label: str, user: str = "approver") -> dict[str, Any]:
    place = f"{message['channel']}:{message['ts']}"
    delivery = journey.peers.click(place, buttons(message)[label], "", user)
    return journey.until(lambda: journey.peers.receipt(delivery), 20) or {}


def test_a_click_on_a_candidate_makes_the_plan_for_it_and_costs_discovery_nothing(journey: Journey) -> None:
    task = journey.start()
    message = asked(journey, task)

    stranger = click(journey, message, CHOSEN, user="other")
    receipt = click(journey, message, CHOSEN)

    story = journey.reach(task, "awaiting_approval")
    assert stranger["outcome"] == "ignored"
    assert (receipt["outcome"], CHOSEN in receipt["reason"]) == ("decided", True)
    assert CHOSEN in [pull["repo"] for pull in story["pull_requests"]]
    told = [(line["kind"], line["detail"]) for line in story["timeline"]]
    approver = journey.peers.info["slack_users"]["approver"]
    assert ("repository chosen", f"by slack:{approver}: {CHOSEN}") in told
    assert [kind for kind, _ in told].index("repository chosen") < [kind for kind, _ in told].index("planning")
    entries = journey.ferry("--json", "ledger", task)
    assert "discovery" not in entries.stdout
    assert journey.decide(task, "reject")["outcome"] == "decided"


def test_none_of_these_ends_by_name_and_an_added_repository_goes_on(journey: Journey) -> None:
    task = journey.start()
    message = asked(journey, task)

    click(journey, message, "None of these")

    story = journey.reach(task, "nothing_found")
    assert "none of the repositories" in story["task"]["detail"]
    command(journey, f"add {task} {CHOSEN}")
    command(journey, f"retry {task}")
    assert journey.reach(task, "awaiting_approval")
    assert journey.decide(task, "reject")["outcome"] == "decided"


def test_an_answer_whose_worker_died_before_the_machine_heard_it_is_told_by_the_sweep(journey: Journey) -> None:
    """The record is all that such a worker leaves."""
    task = journey.start()
    asked(journey, task)
    gate = DynamoGateStore(journey.stack.clients("dynamodb"), journey.peers.info["table"], SystemClock())
    [open_one] = gate.inquiries(task)
    journey.until(lambda: waits(journey, task), 20)
    answer = {"answer": Answer.CHOSEN, "repo": CHOSEN, "answered_by": "slack:UDEAD", "answered_at": open_one.asked_at}
    assert gate.settle(open_one.model_copy(update=answer))
    assert journey.reach(task, "awaiting_choice")

    mends = [one for one in sweep(journey) if one["mend"] == "inquiries"]

    assert [one["mended"] for one in mends] == [1]
    story = journey.reach(task, "awaiting_approval")
    assert "repository chosen" in [line["kind"] for line in story["timeline"]]
    assert journey.decide(task, "reject")["outcome"] == "decided"


def waits(journey: Journey, task: str) -> bool:
    """Whether the machine has asked, and nothing is left of it but its wait."""
    arn = journey.peers.story(task)["task"]["execution"]
    events = journey.stack.clients("stepfunctions").get_execution_history(executionArn=arn, maxResults=1000)["events"]
    entered = [one.get("stateEnteredEventDetails", {}).get("name") for one in events]
    return "Wait for choice" in entered and events[-1]["type"] == "TaskSubmitted"


def command(journey: Journey, text: str) -> None:
    """``/agent`` of the approver, until its receipt is written."""
    info = journey.peers.info
    given = {"user": info["slack_users"]["approver"], "text": text, "command": "/agent"}
    answer = requests.post(f"{info['slack']}/_standin/command", json=given, timeout=20).json()
    delivery = json.loads(answer["body"])["delivery_id"]
    assert journey.until(lambda: journey.peers.receipt(delivery), 20)["outcome"] == "decided"
