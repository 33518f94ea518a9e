"""Each mend finds what was lost, does it once though two sweeps run, and leaves alone what is well."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from ferry.domain.approval import Decision
from ferry.domain.ci import CheckRun
from ferry.domain.delivery import Delivery, Outcome, Source
from ferry.domain.errors import InvalidDocument, VendorUnavailable
from ferry.domain.hooks import FailedHook
from ferry.domain.task import Task, TaskStatus
from ferry.ports import LabelledTicket
from ferry.usecases.admit import admit
from ferry.usecases.ci import watch
from ferry.usecases.indexing.organisation import index_organisation
from ferry.usecases.indexing.refresh import library_of
from ferry.usecases.mend import LEASE_SECONDS, mend
from ferry.usecases.sweep import MENDS, SweepRules, sweep
from tests.fakes.progress import FakeProgress
from tests.fakes.watch import FakeHookLog
from tests.unit.usecases.conftest import AT, REPO, TASK, FakeWorld, request_approval
from tests.unit.usecases.test_incident import RULES, alarmed, issue

__all__ = ["alarmed"]
SWEEP = SweepRules(label="AI", watches_errors=True)
FOUND = LabelledTicket(
    key="FERRY-5",
    title="Round half up",
    text="Please",
    api_url="https://jira.test/rest/api/3/issue/5",
    author="Ann",
    labels=("AI",),
    labelled_by="ann",
    labelled_by_name="Ann",
    labelled_at=AT,
    change="77",
    created=False,
)
LETTER = Delivery(Source.JIRA, "dead", "jira:issue_updated", "{}", AT)


def swept(world: FakeWorld, mend: str) -> int:
    return sweep(mend, world, SWEEP)


def twice_at_once(world: FakeWorld, mend: str) -> int:
    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(lambda _: swept(world, mend), range(2)))


def kinds(world: FakeWorld) -> list[str]:
    return [event.kind for event in world.store.events(TASK)]


def arrived(world: FakeWorld) -> list[Outcome]:
    """What the worker makes of all that was sent."""
    return [admit(delivery, world, RULES).outcome for delivery in world.queue.sent]


def test_a_mend_that_there_is_not_is_refused(world: FakeWorld) -> None:
    with pytest.raises(InvalidDocument, match="tickets"):
        swept(world, "everything")


@pytest.mark.parametrize("mend", MENDS)
def test_a_world_that_is_well_is_left_alone(planned: FakeWorld, mend: str) -> None:
    index_organisation(library_of(planned), FakeProgress())
    before = planned.store.events(TASK)

    assert swept(planned, mend) == 0

    assert planned.store.events(TASK) == before
    assert (planned.queue.sent, planned.chat.messages) == ([], {})


def test_a_label_that_nobody_heard_of_starts_one_task(world: FakeWorld) -> None:
    world.tracker.found = [FOUND]

    twice_at_once(world, "tickets")

    assert Outcome.STARTED in arrived(world)
    [task] = world.store.tasks()
    assert (task.ticket_key, task.title) == ("FERRY-5", "Round half up")
    assert world.store.receipt("sweep:FERRY-5-77").task_id == task.id
    assert swept(world, "tickets") == 0


def test_what_the_sweep_finds_is_admitted_by_the_same_rules(world: FakeWorld) -> None:
    world.tracker.found = [replace(FOUND, labelled_by="FERRY")]

    swept(world, "tickets")

    assert arrived(world) == [Outcome.IGNORED]
    assert swept(world, "tickets") == 0


def test_a_ticket_that_ferry_opened_for_an_error_may_start(world: FakeWorld) -> None:
    world.tracker.found = [replace(FOUND, labelled_by="FERRY", created=True, labels=("AI", "sentry-auto"))]

    swept(world, "tickets")

    assert arrived(world) == [Outcome.STARTED]


def test_a_ticket_of_ferrys_starts_where_only_some_may_trigger(world: FakeWorld) -> None:
    born = replace(FOUND, labelled_by="FERRY", created=True, labels=("AI", "sentry-auto"))
    world.tracker.found = [born, replace(born, key="FERRY-6", labelled_by="bob")]

    swept(world, "tickets")

    rules = replace(RULES, jira_triggerers=frozenset({"ann"}))
    assert [admit(one, world, rules).outcome for one in world.queue.sent] == [Outcome.STARTED, Outcome.IGNORED]


def test_an_app_may_not_trigger_through_the_sweep_either(world: FakeWorld) -> None:
    world.tracker.found = [replace(FOUND, labelled_by_type="app")]

    swept(world, "tickets")

    assert arrived(world) == [Outcome.IGNORED]


def test_a_webhook_that_comes_after_the_sweep_and_after_the_end_starts_nothing_twice(world: FakeWorld) -> None:
    world.tracker.found = [FOUND]
    swept(world, "tickets")
    assert arrived(world) == [Outcome.STARTED]
    [task] = world.store.tasks()
    world.store.update_task(task.id, status=TaskStatus.REJECTED)
    [lost] = world.queue.sent

    late = admit(replace(lost, source=Source.JIRA, id="late"), world, RULES)

    assert (late.outcome, late.task_id) == (Outcome.DUPLICATE, task.id)


@pytest.mark.parametrize(
    ("later", "finds"), [(timedelta(hours=-1), 0), (timedelta(minutes=1), 0), (timedelta(hours=1), 1)]
)
def test_only_a_label_after_the_last_task_began_is_news(world: FakeWorld, later: timedelta, finds: int) -> None:
    ended = TaskStatus.REJECTED
    world.store.create_task(
        Task(id="FERRY-5-a", ticket_key="FERRY-5", title="t", status=ended, created_at=AT, updated_at=AT)
    )
    world.clock.advance(7200)
    world.tracker.found = [replace(FOUND, labelled_at=(datetime.fromisoformat(AT) + later).isoformat())]

    assert swept(world, "tickets") == finds


def test_a_label_from_before_ferry_came_starts_nothing(world: FakeWorld) -> None:
    world.tracker.found = [FOUND]
    world.clock.advance(4 * 86400)

    assert swept(world, "tickets") == 0


def waiting_for_ci(world: FakeWorld) -> str:
    head = world.store.pull_requests(TASK)[0].head
    world.forge.repos[REPO].checks[head] = (CheckRun(id=1, name="test", status="in_progress"),)
    world.engine.waiting = {"ci-token"}
    watch(TASK, REPO, head, "ci-token", world)
    return head


def test_checks_that_ended_unheard_are_settled_once(planned: FakeWorld) -> None:
    head = waiting_for_ci(planned)
    assert swept(planned, "ci") == 0
    planned.forge.repos[REPO].checks[head] = (CheckRun(id=1, name="test", status="completed", conclusion="success"),)

    assert twice_at_once(planned, "ci") == 1

    assert planned.engine.answers == {"ci-token": {"state": "passed", "head": head}}
    assert kinds(planned).count("ci passed") == 1
    assert swept(planned, "ci") == 0


def test_a_resumed_wait_for_the_same_commit_is_settled_again(planned: FakeWorld) -> None:
    head = waiting_for_ci(planned)
    done = (CheckRun(id=1, name="test", status="completed", conclusion="failure"),)
    planned.forge.repos[REPO].checks[head] = done
    assert swept(planned, "ci") == 1

    planned.store.put_token(TASK, f"ci#{REPO}#{head}", "second")
    planned.engine.waiting = {"second"}

    assert swept(planned, "ci") == 1
    assert set(planned.engine.answers) == {"ci-token", "second"}


def test_a_mend_that_met_an_outage_is_tried_again(planned: FakeWorld) -> None:
    head = waiting_for_ci(planned)
    planned.forge.repos[REPO].checks[head] = (CheckRun(id=1, name="test", status="completed", conclusion="success"),)
    planned.engine.meets("succeed", VendorUnavailable("the engine is away"))
    with pytest.raises(VendorUnavailable):
        swept(planned, "ci")

    assert swept(planned, "ci") == 1


def decided(world: FakeWorld, decision: Decision) -> None:
    """The worker died after the record and before the machine was told."""
    approval = request_approval(TASK, 1, "token", world)
    world.gate.decide(approval.model_copy(update={"decision": decision, "decided_by": "U1", "reason": "because"}))


@pytest.mark.parametrize("decision", [Decision.APPROVED, Decision.CHANGES_REQUESTED, Decision.REJECTED])
def test_a_decision_that_the_machine_never_heard_reaches_it_once(planned: FakeWorld, decision: Decision) -> None:
    decided(planned, decision)

    assert twice_at_once(planned, "decisions") == 1

    assert planned.engine.answers["token"]["decision"] == str(decision)
    assert kinds(planned).count(str(decision)) == 1
    assert swept(planned, "decisions") == 0


def test_an_open_request_and_one_that_nobody_waits_for_are_left_alone(planned: FakeWorld) -> None:
    request_approval(TASK, 1, "token", planned)
    assert swept(planned, "decisions") == 0
    decided(planned, Decision.APPROVED)
    planned.engine.waiting.clear()

    assert swept(planned, "decisions") == 0
    assert "approved" not in kinds(planned)


@pytest.mark.parametrize(
    ("status", "dead"),
    [("RUNNING", False), ("FAILED", True), ("ABORTED", True), ("TIMED_OUT", True), ("SUCCEEDED", True), ("", True)],
)
def test_a_task_whose_execution_is_gone_is_failed_and_can_be_resumed(
    planned: FakeWorld, status: str, dead: bool
) -> None:
    planned.store.update_task(TASK, execution=f"arn:{TASK}")
    if status:
        planned.engine.statuses[TASK] = status
    assert swept(planned, "tasks") == 0, "it may just be going on"
    planned.clock.advance(180)

    assert twice_at_once(planned, "tasks") == int(dead)

    task = planned.store.task(TASK)
    assert (task.status is TaskStatus.FAILED) is dead
    assert task.resume_from == ("plan" if dead else "")
    assert len(planned.chat.messages) == int(dead)
    assert swept(planned, "tasks") == 0


def test_a_task_that_was_never_started_is_given_up_when_its_delivery_is(planned: FakeWorld) -> None:
    planned.clock.advance(600)
    assert swept(planned, "tasks") == 0
    planned.clock.advance(900)

    assert swept(planned, "tasks") == 1
    assert "never started" in planned.store.task(TASK).detail


def test_an_error_over_its_threshold_is_looked_into_without_an_alert(alarmed: FakeWorld) -> None:
    alarmed.errors.known["8"] = (issue(id="8", events=2), alarmed.errors.known["7"][1])

    twice_at_once(alarmed, "incidents")

    assert Outcome.STARTED in arrived(alarmed)
    assert len(alarmed.incidents.executions) == 1
    assert swept(alarmed, "incidents") == 0


def test_without_an_error_tracker_no_error_is_looked_for(alarmed: FakeWorld) -> None:
    assert sweep("incidents", alarmed, SweepRules(label="AI")) == 0


def test_a_failed_hook_is_asked_for_again_once_per_attempt(world: FakeWorld) -> None:
    log = world.hooks = FakeHookLog([FailedHook("guid", "check_suite", 1, 10)])

    assert twice_at_once(world, "hooks") == 1
    assert swept(world, "hooks") == 0
    log.hooks = [FailedHook("guid", "check_suite", 2, 11)]

    assert swept(world, "hooks") == 1
    assert log.sent == ["guid", "guid"]


def test_dead_letters_are_told_once_for_each_count_and_day(world: FakeWorld) -> None:
    world.dead_letters.dead = [LETTER] * 3

    for _ in range(3):
        assert swept(world, "letters") == 3
    world.dead_letters.dead = [LETTER] * 4
    swept(world, "letters")

    assert len(world.chat.messages) == 2


def test_a_mend_that_outlived_its_lease_leaves_the_receipt_to_the_sweep_that_took_over(world: FakeWorld) -> None:
    def slow() -> str:
        world.clock.advance(LEASE_SECONDS + 1)
        assert mend("m1", "hook", world, lambda: "the second")
        return "the first"

    assert not mend("m1", "hook", world, slow)
    assert world.store.receipt("sweep:m1").reason == "the second"


def test_a_delivery_that_was_begun_and_left_is_named_once(world: FakeWorld) -> None:
    world.store.claim_delivery(Delivery(Source.JIRA, "lost", "jira:issue_updated", "{}", AT), "w1", lease_seconds=30)
    assert swept(world, "claims") == 0
    world.clock.advance(4000)

    assert swept(world, "claims") == 1

    assert "never finished" in world.store.receipt("sweep:claim:jira:lost").reason
    assert swept(world, "claims") == 0


def test_what_the_sweep_sends_is_what_jira_would_have_sent(world: FakeWorld) -> None:
    world.tracker.found = [FOUND]
    swept(world, "tickets")

    [delivery] = world.queue.sent

    assert (delivery.source, delivery.kind) == (Source.SWEEP, "jira:issue_updated")
    assert json.loads(delivery.body)["changelog"]["items"][0]["toString"] == "AI"
