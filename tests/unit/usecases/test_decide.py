"""The human gate: one question, one decision, by somebody who may, on exactly what was shown."""

from __future__ import annotations

import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from ferry.domain.approval import Approval, Decision
from ferry.domain.delivery import Delivery, Outcome, Receipt, Source
from ferry.domain.errors import VendorUnavailable
from ferry.domain.triggers.slack import Click, Command
from ferry.usecases.click import clicked
from ferry.usecases.command import obey
from ferry.usecases.decide import wake
from ferry.usecases.rules import Rules
from tests.fakes.meeting import Meeting
from tests.unit.usecases.conftest import AT, TASK, FakeWorld, request_approval

DELIVERY = Delivery(Source.SLACK, "c1", "block_actions", "{}", AT)
RULES = Rules(label="AI", own_account="", approvers=frozenset({"U1"}), max_revisions=2)
NUMBERS = itertools.count(100)


@pytest.fixture
def approval(planned: FakeWorld) -> Approval:
    return request_approval(TASK, 1, "token", planned)


def click(approval: Approval, **changes: object) -> Click:
    right = Click("U1", TASK, approval.id, approval.digest[:16], Decision.APPROVED, "")
    return replace(right, **changes)  # type: ignore[arg-type]


def on(world: FakeWorld, click: Click, id: str = "") -> Receipt:
    """Every click is a delivery of its own, unless `id` says that it is tried again."""
    delivery = replace(DELIVERY, id=id or f"c{next(NUMBERS)}")
    return clicked(delivery, click, world, RULES)


def buttons(world: FakeWorld) -> list[str]:
    [message] = [message for message in world.chat.messages.values() if "Plan" in message.text]
    return [
        element["action_id"] for block in message.blocks if block["type"] == "actions" for element in block["elements"]
    ]


def test_the_request_shows_the_plan_and_hides_the_token(planned: FakeWorld, approval: Approval) -> None:
    shown = json.dumps([message.blocks for message in planned.chat.messages.values()])

    assert "Add tiers" in shown
    assert "coupons" in shown
    assert approval.digest[:16] in shown
    assert "&lt;!channel&gt;" in shown
    assert "<!channel>" not in shown
    assert '"token"' not in shown
    assert buttons(planned) == ["approve", "request_changes", "reject"]


def test_an_approval_wakes_the_machine_once(planned: FakeWorld, approval: Approval) -> None:
    receipt = on(planned, click(approval))

    assert receipt.outcome is Outcome.DECIDED
    assert planned.engine.answers["token"]["decision"] == "approved"
    decided = planned.gate.approval(TASK, approval.id)
    assert (decided.decision, decided.digest) == (Decision.APPROVED, approval.digest)
    assert buttons(planned) == []


def test_fifty_racing_clicks_end_in_one_decision(planned: FakeWorld, approval: Approval) -> None:
    clicks = [click(approval, decision=Decision.APPROVED if n % 2 else Decision.REJECTED) for n in range(50)]

    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda one: on(planned, one), clicks))

    assert [receipt.outcome for receipt in receipts].count(Outcome.DECIDED) == 1
    assert len(planned.engine.answers) == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"user": "U2"}, "not among those who may approve", id="somebody else"),
        pytest.param({"digest": "0" * 16}, "is another plan", id="a stale digest"),
        pytest.param({"approval_id": "guessed"}, "no such request", id="a forged id"),
        pytest.param({"decision": Decision.CHANGES_REQUESTED}, "what should change", id="changes without words"),
    ],
)
def test_a_click_that_may_not_decide_changes_nothing_and_is_told_why(
    planned: FakeWorld, approval: Approval, changes: dict[str, object], reason: str
) -> None:
    receipt = on(planned, click(approval, **changes))

    assert receipt.outcome is Outcome.IGNORED
    assert reason in receipt.reason
    assert reason in planned.chat.whispers[0][1]
    assert not planned.engine.answers
    assert planned.gate.approval(TASK, approval.id).decision is None


def test_a_late_click_is_told_who_decided(planned: FakeWorld, approval: Approval) -> None:
    on(planned, click(approval, decision=Decision.REJECTED))

    assert "rejected by slack:U1" in on(planned, click(approval)).reason
    assert planned.engine.answers["token"]["decision"] == "rejected"


@pytest.mark.parametrize("form", ["click", "command"])
@pytest.mark.parametrize("dies_at", ["add_event", "succeed"])
def test_a_decision_whose_worker_died_before_the_machine_was_woken_wakes_it_on_the_second_try(
    planned: FakeWorld, approval: Approval, dies_at: str, form: str
) -> None:
    def decided() -> Receipt:
        if form == "click":
            return on(planned, click(approval), "c1")
        words = Command("U1", "approve", (TASK,))
        return obey(DELIVERY, words, planned, RULES)

    dying: Meeting = planned.store if dies_at == "add_event" else planned.engine
    dying.meets(dies_at, VendorUnavailable("the worker was killed"))
    with pytest.raises(VendorUnavailable):
        decided()

    receipt = decided()

    assert (receipt.outcome, receipt.reason) == (Outcome.DECIDED, "approved by slack:U1")
    assert planned.engine.answers["token"]["decision"] == "approved"
    assert [event.kind for event in planned.store.events(TASK)].count("approved") == 1


def test_the_sweep_beside_a_slow_worker_writes_no_second_line(planned: FakeWorld, approval: Approval) -> None:
    on(planned, click(approval), "c1")

    wake(planned.gate.approval(TASK, approval.id), planned)

    assert [event.kind for event in planned.store.events(TASK)].count("approved") == 1


def test_a_second_try_after_the_machine_was_woken_raises_no_alarm(planned: FakeWorld, approval: Approval) -> None:
    first = on(planned, click(approval), "c1")

    assert on(planned, click(approval), "c1") == first
    assert not planned.chat.whispers
    assert [event.kind for event in planned.store.events(TASK)].count("approved") == 1


def test_a_decision_whose_write_was_answered_late_still_counts(planned: FakeWorld, approval: Approval) -> None:
    planned.gate.meets("decide", planned.gate.decide)

    assert on(planned, click(approval)).outcome is Outcome.DECIDED
    assert planned.engine.answers["token"]["decision"] == "approved"


def test_feedback_goes_to_the_machine_in_the_persons_words(planned: FakeWorld, approval: Approval) -> None:
    on(planned, click(approval, decision=Decision.CHANGES_REQUESTED, reason="smaller steps"))

    assert planned.engine.answers["token"] == {
        "decision": "changes_requested",
        "reason": "smaller steps",
        "id": approval.id,
    }


def test_the_last_revision_can_only_be_approved_or_rejected(planned: FakeWorld) -> None:
    last = request_approval(TASK, 2, "token", planned)

    receipt = on(planned, click(last, decision=Decision.CHANGES_REQUESTED, reason="more"))

    assert "is the last" in receipt.reason
    assert on(planned, click(last)).outcome is Outcome.DECIDED


def test_a_newer_request_replaces_the_older(planned: FakeWorld, approval: Approval) -> None:
    request_approval(TASK, 2, "token-2", planned)

    assert on(planned, click(approval)).outcome is Outcome.IGNORED
    assert not planned.engine.answers


def test_a_request_that_was_replaced_loses_its_buttons_and_says_so(planned: FakeWorld, approval: Approval) -> None:
    before = planned.gate.approval(TASK, approval.id)
    request_approval(TASK, 1, "token-2", planned)

    old = planned.chat.messages[before.message_ref]
    assert "a newer request replaced it" in json.dumps(old.blocks)
    assert not [block for block in old.blocks if block["type"] == "actions"]
    assert on(planned, click(approval)).reason == "this request is closed: a newer request replaced it"


def test_a_decision_stands_when_slack_is_away(planned: FakeWorld, approval: Approval) -> None:
    planned.chat.failure = VendorUnavailable("Slack is away")

    assert on(planned, click(approval)).outcome is Outcome.DECIDED
    assert planned.engine.answers["token"]["decision"] == "approved"


def test_a_command_decides_nothing_that_was_asked_after_it_was_written(planned: FakeWorld, approval: Approval) -> None:
    """It waited in the queue while the gate opened again; who wrote it saw the request before."""
    planned.clock.advance(5)
    newer = request_approval(TASK, 1, "token-2", planned)

    receipt = obey(DELIVERY, Command("U1", "approve", (TASK,)), planned, RULES)

    assert "after you wrote this" in receipt.reason
    assert planned.gate.approval(TASK, newer.id).decision is None
    later = replace(DELIVERY, id="c9", received_at=planned.now())
    assert obey(later, Command("U1", "approve", (TASK,)), planned, RULES).outcome is Outcome.DECIDED


@pytest.mark.parametrize(("verb", "decision"), [("approve", "approved"), ("reject", "rejected")])
def test_a_command_equals_a_click(planned: FakeWorld, approval: Approval, verb: str, decision: str) -> None:
    command = Command("U1", verb, (TASK, "because", "I", "say"))

    receipt = obey(DELIVERY, command, planned, RULES)

    assert receipt.outcome is Outcome.DECIDED
    assert planned.engine.answers["token"]["decision"] == decision
    assert planned.gate.approval(TASK, approval.id).reason == "because I say"


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        (Command("U1", "help", ()), "/agent approve"),
        (Command("U1", "approve", ("FERRY-1-b",)), f"did you mean {TASK}?"),
        (Command("U2", "approve", (TASK,)), "not among those"),
    ],
)
def test_a_command_that_cannot_be_obeyed_is_answered(
    planned: FakeWorld, approval: Approval, command: Command, answer: str
) -> None:
    obey(DELIVERY, command, planned, RULES)

    assert answer in planned.chat.whispers[0][1]
    assert not planned.engine.answers
