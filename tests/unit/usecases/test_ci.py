"""Waiting for CI: whatever comes, late, twice, of another commit or not at all, the wait ends right."""

from __future__ import annotations

import pytest

from ferry.domain.change import FileChange
from ferry.domain.ci import CheckRun, RequiredCheck
from ferry.domain.ci_history import answered
from ferry.domain.delivery import Delivery, Source
from ferry.domain.errors import VendorUnavailable
from ferry.domain.task import PullRequest, TaskStatus
from ferry.domain.triggers.github import CiFinished, read_github
from ferry.usecases.ci import ci_finished, lapse, overdue, settle, watch
from ferry.usecases.finish import finish
from tests.unit.usecases.conftest import AT, REPO, TASK, FakeWorld

EVENT = Delivery(Source.GITHUB, "g1", "check_suite", "{}", AT)
BRANCH = "ferry/ferry-1"
GREEN = CheckRun(id=1, name="test", status="completed", conclusion="success")
RED = CheckRun(id=2, name="lint", status="completed", conclusion="failure")
RUNNING = CheckRun(id=3, name="slow", status="in_progress")
SKIPPED = CheckRun(id=4, name="docs", status="completed", conclusion="skipped")


def pull(world: FakeWorld) -> PullRequest:
    return world.store.pull_requests(TASK)[0]


def wait(world: FakeWorld, *checks: CheckRun, token: str = "token") -> str:
    """The machine waits for the branch's head, on which GitHub has `checks`."""
    head = pull(world).head
    if checks:
        world.forge.set_checks(REPO, head, *checks)
    world.engine.waiting.add(token)
    watch(TASK, REPO, head, token, world)
    return head


def hear(world: FakeWorld, sha: str, *numbers: int, branches: tuple[str, ...] = ()) -> str:
    return ci_finished(EVENT, CiFinished(REPO, sha, numbers or (() if branches else (1,)), branches), world).reason


def lines(world: FakeWorld, prefix: str = "ci ") -> list[str]:
    return [event.kind for event in world.store.events(TASK) if event.kind.startswith(prefix)]


def test_events_before_the_wait_began_are_not_missed(planned: FakeWorld) -> None:
    planned.forge.set_checks(REPO, pull(planned).head, GREEN)
    assert "nobody waits" in hear(planned, pull(planned).head)

    head = wait(planned)

    assert planned.engine.answers == {"token": {"state": "passed", "head": head}}


def test_duplicate_events_resolve_once_and_stand_once(planned: FakeWorld) -> None:
    head = wait(planned, RUNNING)
    planned.forge.set_checks(REPO, head, RED)

    said = [hear(planned, head) for _ in range(3)]

    assert said[0].endswith("CI failed: lint")
    assert all("nobody waits" in text for text in said[1:])
    assert lines(planned) == ["ci failed"]
    assert [entry.failed for entry in pull(planned).history] == [("lint",)]


def test_events_that_race_write_the_verdict_once(planned: FakeWorld) -> None:
    """Both have read the token before one of them takes it away."""
    head = wait(planned, RUNNING)
    planned.forge.set_checks(REPO, head, GREEN)
    planned.engine.meets("succeed", lambda *_: settle(TASK, REPO, head, planned))

    settle(TASK, REPO, head, planned)

    assert lines(planned) == ["ci passed"]
    assert len(pull(planned).history) == 1


def test_an_event_for_another_sha_or_a_stale_one_changes_nothing(planned: FakeWorld) -> None:
    head = wait(planned, RUNNING)
    planned.forge.set_checks(REPO, "f" * 40, RED)
    before = pull(planned)

    assert "is not the head of the branch any more" in hear(planned, "f" * 40)

    assert not planned.engine.answers
    assert pull(planned) == before
    assert hear(planned, head).endswith("still waiting for slow")


def test_no_event_at_all_ends_by_the_sweep(planned: FakeWorld) -> None:
    head = wait(planned, RUNNING)
    assert overdue(TASK, REPO, head, planned) == ""
    planned.forge.set_checks(REPO, head, GREEN)

    assert overdue(TASK, REPO, head, planned)


def test_the_end_of_the_time_names_the_checks_that_were_waited_for(planned: FakeWorld) -> None:
    planned.forge.repos[REPO].required = (RequiredCheck("e2e"),)
    head = wait(planned, GREEN)
    assert not planned.engine.answers

    assert lapse(TASK, REPO, head, planned) == {"state": "timed out", "head": head}

    assert pull(planned).ci == "timed out"
    assert pull(planned).note == "CI did not end in time; waited for e2e"
    assert planned.store.tokens(TASK) == []
    assert finish(TASK, planned) == "escalated"
    assert "waited for e2e" in str(list(planned.chat.messages.values())[-1].blocks)


def test_the_end_of_the_time_without_any_check_says_so(planned: FakeWorld) -> None:
    head = wait(planned)

    assert lapse(TASK, REPO, head, planned)["state"] == "timed out"
    assert pull(planned).note == "CI did not end in time; waited for a first check"


def test_a_verdict_of_the_last_moment_counts(planned: FakeWorld) -> None:
    head = wait(planned, RUNNING)
    planned.forge.set_checks(REPO, head, GREEN)

    assert lapse(TASK, REPO, head, planned)["state"] == "passed"
    assert lines(planned) == ["ci passed"]


def test_a_required_check_that_appears_late_is_waited_for(planned: FakeWorld) -> None:
    planned.forge.repos[REPO].required = (RequiredCheck("test"), RequiredCheck("e2e"))
    head = wait(planned, GREEN)
    assert hear(planned, head).endswith("still waiting for e2e")

    planned.forge.set_checks(REPO, head, GREEN, CheckRun(id=9, name="e2e", status="completed", conclusion="success"))
    hear(planned, head)

    assert planned.engine.answers["token"]["state"] == "passed"


def test_a_repository_without_ci_has_an_end_of_its_own(planned: FakeWorld) -> None:
    head = wait_without_ci(planned)

    assert planned.engine.answers == {"token": {"state": "none", "head": head}}
    assert (pull(planned).ci, lines(planned)) == ("none", ["ci none"])
    assert finish(TASK, planned) == "escalated"
    assert "no CI is set up" in planned.store.task(TASK).detail


def wait_without_ci(world: FakeWorld) -> str:
    tree = world.forge.repos[REPO].commits[pull(world).head].tree
    tree.pop(".github/workflows/ci.yml")  # type: ignore[attr-defined]
    return wait(world)


def test_a_base_that_somebody_reports_on_has_ci_wherever_it_is_set_up(planned: FakeWorld) -> None:
    planned.forge.set_checks(REPO, pull(planned).base, CheckRun(id=0, name="jenkins", status="in_progress"))

    wait_without_ci(planned)

    assert not planned.engine.answers


def test_ci_that_skipped_everything_is_not_green(planned: FakeWorld) -> None:
    wait(planned, SKIPPED)

    assert planned.engine.answers["token"]["state"] == "skipped"
    assert finish(TASK, planned) == "escalated"


@pytest.mark.parametrize("checks", [(GREEN,), (RED,), (RUNNING,)], ids=["green", "red", "running"])
def test_a_foreign_commit_on_the_branch_ends_the_wait_and_is_never_taken_for_ours(
    planned: FakeWorld, checks: tuple[CheckRun, ...]
) -> None:
    head = wait(planned, RUNNING)
    foreign = planned.forge.push(REPO, BRANCH, "mallory", FileChange("a", b"a"))
    planned.forge.set_checks(REPO, foreign, *checks)
    planned.forge.set_checks(REPO, head, GREEN)

    hear(planned, foreign)
    assert not planned.engine.answers, "nobody waits for that one"
    hear(planned, head)

    assert planned.engine.answers == {"token": {"state": "moved", "head": head}}
    assert (pull(planned).head, pull(planned).ci) == (head, "moved")
    assert foreign[:7] in pull(planned).note


def test_a_branch_that_was_set_back_or_deleted_is_left_alone_too(planned: FakeWorld) -> None:
    head = wait(planned, RUNNING)
    planned.forge.repos[REPO].branches[BRANCH] = pull(planned).base

    assert overdue(TASK, REPO, head, planned)
    planned.forge.delete_branch(REPO, BRANCH)

    assert settle(TASK, REPO, head, planned).startswith("the branch is at nothing now")


def test_a_rerun_of_the_same_commit_is_waited_for_and_told_again(planned: FakeWorld) -> None:
    head = wait(planned, RED)
    history = answered(pull(planned).history, head, rerun=(RED.id,))
    planned.store.put_pull_request(TASK, pull(planned).model_copy(update={"history": history, "ci": "pending"}))

    wait(planned, token="second")
    assert "second" not in planned.engine.answers, "the old attempt says nothing more"
    planned.forge.set_checks(REPO, head, RED.model_copy(update={"id": 20}))
    hear(planned, head)

    assert planned.engine.answers["second"]["state"] == "failed"
    assert lines(planned) == ["ci failed", "ci failed"]


def test_a_commit_status_finds_its_pull_request_by_its_branch(planned: FakeWorld) -> None:
    head = wait(planned, RUNNING)
    planned.forge.set_checks(REPO, head, GREEN)

    assert hear(planned, head, branches=(BRANCH, "another")).endswith("CI passed")


def status(**more: object) -> dict[str, object]:
    at = [{"name": name, "commit": {"sha": sha}} for name, sha in (("main", "s"), ("ferry/1", "s"), ("old", "t"))]
    repository = {"full_name": REPO, "default_branch": "main"}
    return {"sha": "s", "state": "success", "branches": at, "repository": repository, **more}


def test_of_a_status_the_branches_at_its_commit_are_read_and_the_default_one_is_not() -> None:
    assert read_github("status", status()) == CiFinished(REPO, "s", (), ("ferry/1",))


@pytest.mark.parametrize("more", [{"state": "pending"}, {"branches": []}, {"sha": ""}, {"branches": None}])
def test_a_status_that_ends_nothing_is_passed_over(more: dict[str, object]) -> None:
    assert not isinstance(read_github("status", status(**more)), CiFinished)


def test_the_history_is_shown_in_the_pull_request_and_a_failure_of_it_stops_nothing(planned: FakeWorld) -> None:
    head = wait(planned, RED)
    assert "### CI history" in planned.forge.pull(REPO, 1).body
    planned.forge.meets("update_pull_request", VendorUnavailable("GitHub is away"))
    planned.forge.set_checks(REPO, head, GREEN)

    wait(planned, token="second")

    assert planned.engine.answers["second"]["state"] == "passed"
    assert lines(planned, "notice") == ["notice failed"]
    assert planned.store.task(TASK).status is TaskStatus.WATCHING_CI


def away(*_: object, **__: object) -> None:
    raise VendorUnavailable("GitHub is away")
