"""The words of the gate: asked for in a modal, said in the thread, too long for a message, shown after a decision."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from ferry.domain.approval import Approval
from ferry.domain.delivery import Delivery, Outcome, Receipt, Source
from ferry.domain.errors import NotApproved, VendorUnavailable
from ferry.domain.ledger import LedgerEntry, Usage
from ferry.domain.step import plan_key
from ferry.domain.triggers.slack import button_value
from ferry.usecases.admit import admit
from ferry.usecases.gate import remind
from ferry.usecases.rules import Rules
from tests.fakes.spending import pay
from tests.unit.usecases.conftest import AT, TASK, FakeWorld, record, request_approval
from tests.unit.usecases.conftest import RULES as GATE

RULES = Rules(label="AI", own_account="", approvers=frozenset({"U1"}), max_revisions=2)
NUMBERS = itertools.count()


@pytest.fixture
def approval(planned: FakeWorld) -> Approval:
    planned.store.update_task(TASK, message_ref=planned.chat.post("Ferry carries", []))
    return request_approval(TASK, 1, "token", planned)


def deliver(world: FakeWorld, kind: str, body: dict[str, Any]) -> Receipt:
    return admit(
        Delivery(Source.SLACK, f"d{next(NUMBERS)}", kind, json.dumps({"type": kind, **body}), AT), world, RULES
    )


def click(world: FakeWorld, approval: Approval, action: str, *, trigger: str = "t1", user: str = "U1") -> Receipt:
    world.chat.triggers.add("t1")
    value = button_value(TASK, approval.id, approval.digest)
    actions = [{"action_id": action, "value": value}]
    return deliver(world, "block_actions", {"user": {"id": user}, "trigger_id": trigger, "actions": actions})


def submit(world: FakeWorld, words: str, user: str = "U1") -> Receipt:
    form = world.chat.forms[-1]
    view = {**form, "state": {"values": {"feedback": {"text": {"type": "plain_text_input", "value": words}}}}}
    return deliver(world, "view_submission", {"user": {"id": user}, "view": view, "trigger_id": "another"})


def mention(world: FakeWorld, text: str, *, thread: str, user: str = "U1") -> Receipt:
    channel, _, ts = thread.partition(":")
    event = {"type": "app_mention", "user": user, "text": f"<@U0FERRY> {text}", "channel": channel, "thread_ts": ts}
    return deliver(world, "event_callback", {"event": event})


@pytest.mark.parametrize(
    ("action", "title", "decision"),
    [("request_changes", "Request changes", "changes_requested"), ("reject", "Reject the plan", "rejected")],
)
def test_a_click_without_words_opens_a_modal_whose_words_decide(
    planned: FakeWorld, approval: Approval, action: str, title: str, decision: str
) -> None:
    asked = click(planned, approval, action)

    assert (asked.outcome, planned.chat.forms[-1]["title"]["text"]) == (Outcome.IGNORED, title)
    assert planned.gate.approval(TASK, approval.id).decision is None
    assert submit(planned, " smaller steps ").outcome is Outcome.DECIDED
    assert planned.engine.answers["token"] == {"decision": decision, "reason": "smaller steps", "id": approval.id}


def test_a_click_that_comes_too_late_for_a_modal_is_told_what_is_missing(
    planned: FakeWorld, approval: Approval
) -> None:
    receipt = click(planned, approval, "request_changes", trigger="expired")

    assert receipt.outcome is Outcome.IGNORED
    assert "please write what should change" in planned.chat.whispers[-1][1]
    assert not planned.chat.forms


def test_a_rejection_that_comes_too_late_for_a_modal_stands_without_words(
    planned: FakeWorld, approval: Approval
) -> None:
    assert click(planned, approval, "reject", trigger="expired").outcome is Outcome.DECIDED
    assert planned.engine.answers["token"]["decision"] == "rejected"


def test_nobody_is_asked_for_words_that_could_not_count(planned: FakeWorld, approval: Approval) -> None:
    stale = approval.model_copy(update={"digest": "0" * 64})

    assert "another plan" in click(planned, stale, "reject").reason
    click(planned, approval, "approve")
    assert "already decided" in click(planned, approval, "reject").reason
    assert not planned.chat.forms


def test_words_that_come_after_somebody_else_decided_change_nothing(planned: FakeWorld, approval: Approval) -> None:
    click(planned, approval, "request_changes")
    click(planned, approval, "approve")

    assert "already decided" in submit(planned, "smaller steps").reason
    assert planned.engine.answers["token"]["decision"] == "approved"


def test_a_click_that_fails_for_good_is_answered_too(planned: FakeWorld, approval: Approval) -> None:
    planned.gate.meets("decide", NotApproved("the record was changed"))

    assert click(planned, approval, "approve").outcome is Outcome.REJECTED
    assert f"`/agent status {TASK}`" in planned.chat.whispers[-1][1]


@pytest.mark.parametrize(
    ("text", "decision", "reason"),
    [
        ("approve", "approved", ""),
        ("Approve!", "approved", ""),
        ("changes: smaller *steps*,\nplease", "changes_requested", "smaller *steps*,\nplease"),
        ("reject not this quarter", "rejected", "not this quarter"),
        ("reject", "rejected", ""),
    ],
)
def test_a_mention_in_the_thread_equals_the_command(
    planned: FakeWorld, approval: Approval, text: str, decision: str, reason: str
) -> None:
    receipt = mention(planned, text, thread=planned.store.task(TASK).message_ref)

    assert receipt.outcome is Outcome.DECIDED
    decided = planned.gate.approval(TASK, approval.id)
    assert (decided.decision, decided.reason) == (decision, reason)


@pytest.mark.parametrize("text", ["approve or not?", "approved by whom?", "changes", "what changes?", "rejecting?"])
def test_a_question_in_the_thread_stays_a_question(planned: FakeWorld, approval: Approval, text: str) -> None:
    receipt = mention(planned, text, thread=planned.store.task(TASK).message_ref)

    assert "a question" in receipt.reason
    assert planned.gate.approval(TASK, approval.id).decision is None


def test_a_decision_outside_of_a_tasks_thread_is_a_question(planned: FakeWorld, approval: Approval) -> None:
    assert "a question" in mention(planned, "approve", thread="C0FAKE:99").reason
    assert planned.gate.approval(TASK, approval.id).decision is None


def test_a_mention_of_somebody_who_may_not_decide_is_told_so(planned: FakeWorld, approval: Approval) -> None:
    mention(planned, "approve", thread=planned.store.task(TASK).message_ref, user="U2")

    assert planned.chat.whispers[-1][0] == "U2"
    assert planned.gate.approval(TASK, approval.id).decision is None


def test_a_task_without_a_first_message_is_decided_in_the_requests_own_thread(planned: FakeWorld) -> None:
    request = request_approval(TASK, 1, "token", planned)

    assert mention(planned, "approve", thread=request.message_ref).outcome is Outcome.DECIDED


def long_plan(world: FakeWorld) -> str:
    plan = record().plan
    made = record().model_copy(
        update={"plan": plan.model_copy(update={"scope_out": tuple(f"thing {n} " + "x" * 80 for n in range(99))})}
    )
    world.artifacts.put(plan_key(TASK, 1), made.model_dump_json().encode())
    return "thing 98"


def test_a_plan_that_does_not_fit_lies_in_the_thread_whole(planned: FakeWorld) -> None:
    last = long_plan(planned)
    first = planned.chat.post("Ferry carries", [])
    planned.store.update_task(TASK, message_ref=first)

    request = request_approval(TASK, 1, "token", planned)

    [(thread, name, text)] = planned.chat.files
    assert (thread, name) == (first, "PLAN.md")
    assert last in text
    shown = json.dumps(planned.chat.messages[request.message_ref].blocks)
    assert last not in shown
    assert "too long for one message" in shown


def test_a_plan_that_fits_needs_no_file(planned: FakeWorld, approval: Approval) -> None:
    assert not planned.chat.files


def test_an_upload_that_fails_is_noted_and_stops_nothing(planned: FakeWorld) -> None:
    long_plan(planned)
    planned.chat.meets("attach", VendorUnavailable("Slack is away"))

    request = request_approval(TASK, 1, "token", planned)

    assert planned.gate.approval(TASK, request.id).message_ref
    assert "PLAN.md could not be put" in [one.detail for one in planned.store.events(TASK) if "notice" in one.kind][0]


def test_an_older_request_names_the_newer_one_and_has_no_buttons(planned: FakeWorld, approval: Approval) -> None:
    newer = request_approval(TASK, 2, "token-2", planned)

    blocks = planned.chat.messages[approval.message_ref].blocks
    assert "actions" not in [block["type"] for block in blocks]
    assert f"<https://slack.test/{newer.message_ref.replace(':', '/')}|plan 2>" in json.dumps(blocks)
    assert "What changed since plan 1" in json.dumps(planned.chat.messages[newer.message_ref].blocks)


def test_the_estimate_is_kept_as_it_was_shown(planned: FakeWorld) -> None:
    usage = Usage(input=1000)
    entry = LedgerEntry(
        at=AT, step="planning", attempt=1, model="scripted", usage=usage, milliseconds=1, micro_dollars=2000, prices="x"
    )
    pay(planned.store, TASK, entry)

    request = request_approval(TASK, 1, "token", planned)

    assert request.estimate is not None
    assert request.estimate.likely == 2000
    assert "about $0.00 more" in json.dumps(planned.chat.messages[request.message_ref].blocks)


def test_a_reminder_goes_to_the_threads_parent(planned: FakeWorld, approval: Approval) -> None:
    """Slack: never an answer's own timestamp, always its parent's."""
    before = len(planned.chat.messages)
    planned.clock.advance(GATE.timeout_seconds / 2)

    remind(TASK, planned, GATE)

    told = list(planned.chat.messages.values())[before:]
    assert [message.thread for message in told] == [planned.store.task(TASK).message_ref]
