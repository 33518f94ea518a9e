"""What people read is in people's words: no underscore, no raw id, no `1 tasks`."""

from __future__ import annotations

import pytest

from ferry.domain.messages import dead_letters, stopped, succeeded
from ferry.domain.messages.tasks import task_list, task_status, timeline
from ferry.domain.task import Event, PullRequest, Task, TaskStatus
from ferry.domain.words import IS, count, moment, people, plain_name, reason, standing, times

AT = "2026-11-21T13:07:11.783+00:00"
TASK = Task(id="F-1-a", ticket_key="F-1", title="t", status=TaskStatus.PLANNING, created_at=AT, updated_at=AT)
PULL = PullRequest(repo="a/b", number=1, branch="x", url="", base="0", head="1", position=1)


def in_state(status: TaskStatus, detail: str = "") -> Task:
    return TASK.model_copy(update={"status": status, "detail": detail})


@pytest.mark.parametrize("status", TaskStatus)
def test_every_status_is_said_as_a_sentence_would_say_it(status: TaskStatus) -> None:
    assert IS[status].split()[0] in ("is", "was", "has", "awaits")
    assert "_" not in f"{IS[status]} {plain_name(status)}"


@pytest.mark.parametrize(
    ("name", "shown"), [("fixing_ci", "fixing CI"), ("ci failed", "CI failed"), ("decided", "decided")]
)
def test_a_name_is_shown_in_words(name: str, shown: str) -> None:
    assert plain_name(name) == shown


def test_what_a_person_stopped_is_no_failure() -> None:
    assert standing(in_state(TaskStatus.FAILED, "stopped by slack:U1")) == ("was stopped", "by slack:U1")
    assert standing(in_state(TaskStatus.FAILED, "NoResult: x")) == ("has failed", "NoResult: x")
    assert [reason(why) for why in ("by ann", "NoResult: x", "")] == [" by ann", ": NoResult: x", ""]


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ("by U1: no reason given", "by <U1>: no reason given"),
        ("stopped by slack:U1", "stopped by <U1>"),
        ("asked by slack:W9", "asked by <W9>"),
        ("by operator:ann: yes", "by operator:ann: yes"),
        ("stopped by github:ann", "stopped by github:ann"),
        ("ann said by U1: yes", "ann said by U1: yes"),
        ("by USER_1", "by USER_1"),
    ],
)
def test_only_who_did_it_becomes_a_person(detail: str, shown: str) -> None:
    assert people(detail, lambda user: f"<{user}>") == shown


def test_numbers_agree_with_their_words() -> None:
    assert [count(n, "task") for n in (0, 1, 2)] == ["0 tasks", "1 task", "2 tasks"]
    assert [times(n) for n in (1, 2)] == ["once", "2 times"]
    assert task_list([TASK], "at work")[0] == "1 task at work"
    assert dead_letters(1)[0].startswith("1 delivery could not be admitted and lies")
    assert dead_letters(2)[0].startswith("2 deliveries could not be admitted and lie")
    assert succeeded(TASK, [PULL], "")[0] == "F-1: the pull request is green and waits for review"
    assert succeeded(TASK, [PULL, PULL], "")[0] == "F-1: all 2 pull requests are green and wait for review"


def test_times_say_their_zone() -> None:
    event = Event(at=AT, kind="ci_failed", detail="x")

    assert moment(AT) == "2026-11-21 13:07 UTC"
    assert "13:07:11 *CI failed*" in str(timeline(TASK, [event]))
    assert "times in UTC" in timeline(TASK, [event])[0]
    assert "times in UTC" in str(task_status(TASK, [], [event], "$0"))


def test_slack_shows_a_person_and_jira_no_id() -> None:
    text, blocks = stopped(TASK, "slack:U1")

    assert "U1" not in text
    assert "<@U1>" in str(blocks)
    assert stopped(TASK, "github:ann")[0] == "F-1: stopped by github:ann; nothing was closed"
