"""CI is believed only from the forge, every end is told, and what stopped can go on."""

from __future__ import annotations

import json

import pytest

from ferry.domain.approval import Decision
from ferry.domain.ci import CheckRun
from ferry.domain.delivery import Delivery, Source
from ferry.domain.errors import Conflict, VendorUnavailable
from ferry.domain.task import TaskStatus
from ferry.domain.triggers.github import CiFinished
from ferry.domain.triggers.slack import Click
from ferry.usecases.ci import ci_finished, watch
from ferry.usecases.click import clicked
from ferry.usecases.finish import expire, fail, finish, reject
from ferry.usecases.resume import resume
from ferry.usecases.rules import Rules
from tests.unit.usecases.conftest import AT, REPO, TASK, FakeWorld, request_approval

EVENT = Delivery(Source.GITHUB, "g1", "check_suite", "{}", AT)
GREEN = CheckRun(id=1, name="test", status="completed", conclusion="success")
RED = CheckRun(id=2, name="lint", status="completed", conclusion="failure")
RUNNING = CheckRun(id=3, name="slow", status="in_progress")


def head(world: FakeWorld) -> str:
    return world.store.pull_requests(TASK)[0].head


def event(world: FakeWorld, *checks: CheckRun, sha: str = "") -> str:
    world.forge.repos[REPO].checks[head(world)] = checks
    return ci_finished(EVENT, CiFinished(REPO, sha or head(world), (1,)), world).reason


@pytest.mark.parametrize(
    ("checks", "state"), [((GREEN,), "passed"), ((GREEN, RED), "failed"), ((GREEN, GREEN), "passed")]
)
def test_complete_checks_wake_whoever_waits(planned: FakeWorld, checks: tuple[CheckRun, ...], state: str) -> None:
    watch(TASK, REPO, head(planned), "token", planned)
    assert not planned.engine.answers

    event(planned, *checks)

    assert planned.engine.answers["token"] == {"state": state, "head": head(planned)}
    assert planned.store.pull_requests(TASK)[0].ci == state


def test_an_event_before_all_checks_are_complete_is_only_a_hint(planned: FakeWorld) -> None:
    watch(TASK, REPO, head(planned), "token", planned)

    assert "still waiting for slow" in event(planned, GREEN, RUNNING)
    assert not planned.engine.answers


def test_checks_that_were_complete_before_the_wait_began_end_it_at_once(planned: FakeWorld) -> None:
    planned.forge.repos[REPO].checks[head(planned)] = (GREEN,)

    watch(TASK, REPO, head(planned), "token", planned)

    assert planned.engine.answers["token"]["state"] == "passed"


def test_an_event_for_another_commit_wakes_nobody(planned: FakeWorld) -> None:
    watch(TASK, REPO, head(planned), "token", planned)

    assert "nobody waits for this commit: fffffff is not the head" in event(planned, GREEN, sha="f" * 40)
    assert not planned.engine.answers


def test_duplicate_events_wake_once(planned: FakeWorld) -> None:
    watch(TASK, REPO, head(planned), "token", planned)

    event(planned, GREEN)

    assert "nobody waits" in event(planned, GREEN)
    assert [line.kind for line in planned.store.events(TASK)].count("ci passed") == 1


def test_all_green_succeeds_and_everybody_is_told(planned: FakeWorld) -> None:
    watch(TASK, REPO, head(planned), "token", planned)
    event(planned, GREEN)

    assert finish(TASK, planned) == "succeeded"
    assert planned.store.live_run("FERRY-1") is None
    assert "green" in planned.tracker.said["FERRY-1"][0]
    assert any("green" in message.text for message in planned.chat.messages.values())


def test_one_red_pull_request_is_escalated_and_never_called_success(planned: FakeWorld) -> None:
    watch(TASK, REPO, head(planned), "token", planned)
    event(planned, RED)

    assert finish(TASK, planned) == "escalated"


def test_no_pull_request_is_no_success(world: FakeWorld) -> None:
    world.store.add_event("FERRY-2-b", "any", "row")

    assert finish("FERRY-2-b", world) == "escalated"


def test_a_rejection_closes_drafts_and_deletes_branches(planned: FakeWorld) -> None:
    assert reject(TASK, "not now", planned) == "rejected"

    assert not planned.forge.pull_request(REPO, 1).open
    assert planned.forge.head(REPO, "ferry/ferry-1") is None
    assert "rejected" in planned.tracker.said["FERRY-1"][0]


def test_expiry_is_not_rejection_and_keeps_the_drafts(planned: FakeWorld) -> None:
    approval = request_approval(TASK, 1, "token", planned)

    assert expire(TASK, planned) == "expired"

    assert planned.forge.pull_request(REPO, 1).open
    assert planned.gate.approval(TASK, approval.id).decision == "expired"
    assert planned.store.task(TASK).resume_from == "approve"


@pytest.mark.parametrize(
    ("status", "step"),
    [
        (TaskStatus.DISCOVERING, "discover"),
        (TaskStatus.PLANNING, "plan"),
        (TaskStatus.AWAITING_APPROVAL, "approve"),
        (TaskStatus.EXECUTING, "execute"),
        (TaskStatus.FIXING_CI, "watch"),
    ],
)
def test_a_failure_says_what_stopped_and_how_to_go_on(planned: FakeWorld, status: TaskStatus, step: str) -> None:
    planned.store.update_task(TASK, status=status, revision=1)
    cause = json.dumps({"errorType": "NoResult", "errorMessage": "the model never submitted"})

    assert fail(TASK, {"Error": "NoResult", "Cause": cause}, planned) == "failed"

    task = planned.store.task(TASK)
    assert (task.detail, task.resume_from) == ("NoResult: the model never submitted", step)
    said = json.dumps([message.blocks for message in planned.chat.messages.values()])
    assert f"resume {TASK}" in said
    resumed = resume(TASK, planned)
    assert planned.engine.executions[f"{TASK}-2"]["resume_from"] == step
    assert not resumed.status.ended


def test_a_task_resumed_twice_has_three_executions(planned: FakeWorld) -> None:
    for number in (2, 3):
        planned.store.update_task(TASK, revision=1)
        fail(TASK, {"Error": "States.Timeout"}, planned)
        assert resume(TASK, planned).execution == f"arn:{TASK}-{number}"


def test_a_running_task_cannot_be_resumed_and_a_lost_one_can(planned: FakeWorld) -> None:
    planned.store.update_task(TASK, execution=planned.engine.start(TASK, {}))
    with pytest.raises(Conflict, match="nothing to resume"):
        resume(TASK, planned)

    planned.engine.statuses.clear()

    assert resume(TASK, planned).execution == f"arn:{TASK}-2"


def test_a_decision_that_found_nobody_waiting_is_kept_for_the_resumed_task(planned: FakeWorld) -> None:
    approval = request_approval(TASK, 1, "lost", planned)
    planned.store.update_task(TASK, execution="arn:lost")
    click = Click("U1", TASK, approval.id, approval.digest[:16], Decision.APPROVED, "")

    clicked(EVENT, click, planned, Rules(label="AI", own_account="", approvers=frozenset({"U1"}), max_revisions=2))

    assert f"resume {TASK}" in planned.chat.whispers[0][1]
    resume(TASK, planned)
    [execution] = planned.engine.executions.values()
    assert execution["resume_from"] == "execute"


def test_a_succeeded_task_is_not_resumed(planned: FakeWorld) -> None:
    planned.store.update_task(TASK, status=TaskStatus.SUCCEEDED)

    with pytest.raises(Conflict, match="label the ticket again"):
        resume(TASK, planned)


def test_a_resumed_watch_knows_every_head(planned: FakeWorld) -> None:
    planned.store.update_task(TASK, status=TaskStatus.WATCHING_CI, revision=1)
    fail(TASK, {"Error": "States.Timeout"}, planned)

    resume(TASK, planned)

    assert planned.engine.executions[f"{TASK}-2"]["changes"] == [{"repo": REPO, "head": head(planned)}]


def test_an_end_stands_when_nobody_can_be_told(planned: FakeWorld) -> None:
    planned.chat.failure = VendorUnavailable("Slack is away")

    assert fail(TASK, {"Error": "Boom", "Cause": "plain words"}, planned) == "failed"
    assert planned.store.task(TASK).detail == "Boom: plain words"
