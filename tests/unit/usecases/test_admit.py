"""One trigger, one task; every delivery gets a receipt that a person understands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ferry.domain.delivery import Delivery, Outcome, Receipt, Source
from ferry.domain.errors import Conflict, RateLimited, VendorRefused, VendorUnavailable
from ferry.domain.step import ticket_key
from ferry.domain.task import TaskStatus
from ferry.domain.ticket import Ticket
from ferry.usecases.admit import admit
from ferry.usecases.rules import Rules
from tests.fakes.meeting import Meeting
from tests.unit.domain.test_triggers import finished, labelled
from tests.unit.usecases.conftest import AT, FakeWorld

RULES = Rules(label="AI", own_account="FERRY", approvers=frozenset({"U1"}), max_revisions=3)


def jira(id: str = "d1", body: Any = None) -> Delivery:
    return Delivery(Source.JIRA, id, "jira:issue_updated", json.dumps(body or labelled()), AT)


def test_a_labelled_ticket_starts_one_task(world: FakeWorld) -> None:
    receipt = admit(jira(), world, RULES)

    [task] = world.store.tasks()
    assert receipt == Receipt("jira:d1", Outcome.STARTED, f"FERRY-1 is carried by task {task.id}", world.now(), task.id)
    assert world.engine.executions[task.id] == {
        "task_id": task.id,
        "resume_from": "",
        "plan": {"revision": 1, "feedback": ""},
    }
    assert Ticket.read(world.artifacts.get(ticket_key(task.id)), "ticket").title == "A title"
    assert [message.text for message in world.chat.messages.values()] == ["Ferry carries FERRY-1: A title"]


def test_a_redelivered_label_starts_nothing_new(world: FakeWorld) -> None:
    first = admit(jira(), world, RULES)

    assert admit(jira(), world, RULES) == first
    assert len(world.engine.executions) == 1


def test_a_second_label_while_a_task_runs_is_a_duplicate(world: FakeWorld) -> None:
    first = admit(jira("d1"), world, RULES)

    second = admit(jira("d2"), world, RULES)

    assert (second.outcome, second.task_id) == (Outcome.DUPLICATE, first.task_id)
    assert len(world.engine.executions) == 1


def test_a_label_after_the_end_starts_a_new_run(world: FakeWorld) -> None:
    first = admit(jira("d1"), world, RULES)
    world.store.update_task(first.task_id, status=TaskStatus.REJECTED)

    second = admit(jira("d2"), world, RULES)

    assert second.outcome is Outcome.STARTED
    assert second.task_id != first.task_id
    assert world.store.task(second.task_id).run == 2


@pytest.mark.parametrize("crash", ["start", "put_receipt"])
def test_a_worker_that_dies_half_way_leaves_one_task_after_the_retry(world: FakeWorld, crash: str) -> None:
    dying: Meeting = world.engine if crash == "start" else world.store
    dying.meets(crash, VendorUnavailable("the worker was killed"))
    with pytest.raises(VendorUnavailable):
        admit(jira(), world, RULES)
    world.clock.advance(RULES.lease_seconds + 1)

    assert admit(jira(), world, RULES).outcome is Outcome.STARTED
    assert len(world.store.tasks()) == len(world.engine.executions) == 1


@pytest.mark.parametrize("ended", [True, False])
def test_a_second_try_after_the_announcement_tells_nobody_twice(world: FakeWorld, ended: bool) -> None:
    world.store.meets("put_receipt", VendorUnavailable("the worker was killed"))
    with pytest.raises(VendorUnavailable):
        admit(jira(), world, RULES)
    world.clock.advance(RULES.lease_seconds + 1)
    [task] = world.store.tasks()
    if ended:
        world.store.update_task(task.id, status=TaskStatus.REJECTED)

    receipt = admit(jira(), world, RULES)

    assert (receipt.outcome, receipt.task_id) == (Outcome.STARTED, task.id)
    assert len(world.chat.messages) == len(world.engine.executions) == len(world.store.events(task.id)) == 1


def test_a_task_that_could_not_be_written_just_now_is_tried_again(world: FakeWorld) -> None:
    world.store.meets("create_task", lambda _: False)
    with pytest.raises(Conflict):
        admit(jira(), world, RULES)

    assert admit(jira(), world, RULES).outcome is Outcome.STARTED


def test_two_deliveries_of_one_ticket_that_race_start_one_task(world: FakeWorld) -> None:
    world.store.meets("create_task", lambda _: admit(jira("d2"), world, RULES))

    slower = admit(jira("d1"), world, RULES)

    [task] = world.store.tasks()
    assert (slower.outcome, slower.task_id) == (Outcome.DUPLICATE, task.id)
    assert len(world.engine.executions) == 1


@pytest.mark.parametrize("stalls_at", ["create_task", "update_task", "post"])
def test_a_worker_that_outlives_its_lease_neither_starts_twice_nor_changes_the_receipt(
    world: FakeWorld, stalls_at: str
) -> None:
    """It wakes where it stalled, when another worker has done all of it."""
    stalled: Meeting = world.chat if stalls_at == "post" else world.store
    receipts = []

    def meanwhile(*_: object, **__: object) -> None:
        world.clock.advance(RULES.lease_seconds + 1)
        receipts.append(admit(jira(), world, RULES))

    stalled.meets(stalls_at, meanwhile)

    with pytest.raises(Conflict):
        admit(jira(), world, RULES)

    assert receipts[0].outcome is Outcome.STARTED
    assert world.store.receipt(jira().name) == receipts[0] == admit(jira(), world, RULES)
    assert len(world.store.tasks()) == len(world.engine.executions) == 1


def test_a_delivery_that_another_worker_holds_waits(world: FakeWorld) -> None:
    world.store.claim_delivery(jira(), "another", lease_seconds=30)

    with pytest.raises(Conflict):
        admit(jira(), world, RULES)


def test_a_transient_failure_can_be_tried_again_at_once(world: FakeWorld) -> None:
    world.engine.meets("start", RateLimited("slow down"))
    with pytest.raises(RateLimited):
        admit(jira(), world, RULES)

    assert admit(jira(), world, RULES).outcome is Outcome.STARTED


def test_a_start_that_cannot_be_announced_still_starts(world: FakeWorld) -> None:
    world.chat.failure = VendorUnavailable("Slack is away")

    receipt = admit(jira(), world, RULES)

    assert receipt.outcome is Outcome.STARTED
    assert any(event.kind == "notice failed" for event in world.store.events(receipt.task_id))


def test_a_permanent_fault_is_a_receipt_with_the_reason(world: FakeWorld) -> None:
    world.engine.meets("start", VendorRefused("no such machine"))

    receipt = admit(jira(), world, RULES)

    assert (receipt.outcome, receipt.reason) == (Outcome.REJECTED, "VendorRefused: no such machine")
    assert admit(jira(), world, RULES) == receipt


@pytest.mark.parametrize(
    ("source", "kind", "body", "reason"),
    [
        (Source.JIRA, "sprint_started", {"webhookEvent": "sprint_started"}, "starts nothing"),
        (Source.JIRA, "comment_created", {"webhookEvent": "comment_created"}, "names no issue key"),
        (Source.JIRA, "jira:issue_updated", labelled("AI", "AI bug"), "was not added"),
        (Source.GITHUB, "ping", {}, "says hello"),
        (Source.GITHUB, "check_suite", finished(), "not one of Ferry's"),
        (Source.SENTRY, "event_alert", {}, "starts nothing"),
        (Source.SLACK, "event_callback", {"type": "event_callback"}, "starts nothing"),
    ],
)
def test_what_starts_nothing_is_ignored_with_a_reason(
    world: FakeWorld, source: Source, kind: str, body: Any, reason: str
) -> None:
    receipt = admit(Delivery(source, "d", kind, json.dumps(body), AT), world, RULES)

    assert receipt.outcome is Outcome.IGNORED
    assert reason in receipt.reason
    assert world.store.receipt(receipt.delivery) == receipt
