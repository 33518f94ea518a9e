"""A question that waits: people are called as at the gate, races have one winner, and what a crash left is mended."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from ferry.domain.delivery import Outcome
from ferry.domain.errors import Conflict, NotApproved, VendorUnavailable
from ferry.domain.guidance import ADDED, CHOSEN
from ferry.domain.inquiry import Answer
from ferry.domain.policy import Escalation, Policy
from ferry.domain.task import TaskStatus
from ferry.usecases.finish import expire, nothing, stop
from ferry.usecases.inquire import inquire, listen, nudge
from ferry.usecases.inquiries import said
from ferry.usecases.mend_tasks import SETTLING
from ferry.usecases.resume import resume
from ferry.usecases.sweep import SweepRules, sweep
from ferry.usecases.waiting import Patience
from tests.unit.usecases.conftest import REPO, TASK, FakeWorld
from tests.unit.usecases.test_inquiry import (
    FAR,
    OTHER,
    PATIENCE,
    THIRD,
    add,
    asked,
    button,
    click,
    kinds,
    newest,
    unsure,
)

__all__ = ["asked", "unsure"]
UNANSWERED = {"Error": "NothingFound", "Cause": "none of these"}


def swept(world: FakeWorld) -> int:
    return sweep("inquiries", world, SweepRules(label="AI"))


def blocks(world: FakeWorld) -> str:
    return json.dumps([message.blocks for message in world.chat.messages.values()])


def dying(world: FakeWorld) -> None:
    """The worker is killed when it tells the machine."""
    world.engine.meets("succeed", VendorUnavailable("the worker was killed"))


def test_people_are_reminded_and_escalated_once_each_and_then_it_is_closed(unsure: FakeWorld) -> None:
    policy = Policy(approvers=("slack:UANN",), escalation=(Escalation(at=0.75, who=("slack:UBOSS",)),))
    patience = Patience(100, policy=policy)
    unsure.store.update_task(TASK, message_ref=unsure.chat.post("Ferry carries", []))
    waits = [inquire(TASK, unsure, patience)]
    for _ in range(4):
        unsure.clock.advance(waits[-1]["seconds"])
        waits.append(nudge(TASK, unsure, patience))

    assert [(one["state"], one["seconds"]) for one in waits[:4]] == [
        ("waiting", 50), ("waiting", 25), ("waiting", 25), ("expired", 1)
    ]  # fmt: skip
    assert [kinds(unsure).count(kind) for kind in ("reminded", "escalated", "inquiry expired")] == [1, 1, 1]
    [reminder, escalation] = [one for one in unsure.chat.messages.values() if "still waits" in one.text]
    assert "<@UANN>" in json.dumps(reminder.blocks)
    assert "<@UBOSS>" in json.dumps(escalation.blocks)
    assert reminder.thread == unsure.store.task(TASK).message_ref
    assert [one.kind for one in unsure.store.events(TASK)][-2:] == ["reminded", "escalated"]


def test_a_reminder_that_is_set_in_seconds_comes_then(unsure: FakeWorld) -> None:
    assert inquire(TASK, unsure, Patience(100, reminder_seconds=7))["seconds"] == 7


def test_reminders_of_an_earlier_question_are_not_those_of_this_one(asked: FakeWorld) -> None:
    asked.clock.advance(1800)
    nudge(TASK, asked, PATIENCE)
    stop(TASK, "slack:UANN", asked)
    resume(TASK, asked)
    inquire(TASK, asked, PATIENCE)
    asked.clock.advance(1800)

    nudge(TASK, asked, PATIENCE)

    assert kinds(asked).count("reminded") == 2


def test_the_end_of_an_unanswered_question_says_what_nobody_did_and_what_to_do(asked: FakeWorld) -> None:
    asked.clock.advance(3600)
    nudge(TASK, asked, PATIENCE)

    assert expire(TASK, asked) == "expired"

    task = asked.store.task(TASK)
    assert (task.detail, task.resume_from) == ("nobody said in time which repository is meant", "choose")
    said_last = json.dumps(list(asked.chat.messages.values())[-1].blocks)
    assert f"/agent retry {TASK}" in said_last
    assert f"/agent add {TASK} owner/name" in said_last
    assert "actions" not in json.dumps(asked.chat.messages[newest(asked).message_ref].blocks)


def test_nobody_is_reminded_of_what_was_never_asked(unsure: FakeWorld) -> None:
    with pytest.raises(NotApproved, match="never asked"):
        nudge(TASK, unsure, PATIENCE)


def test_two_people_who_click_at_once_choose_one_repository(asked: FakeWorld) -> None:
    values = [button(asked, label)["value"] for label in (REPO, OTHER, THIRD)] * 4

    with ThreadPoolExecutor(len(values)) as pool:
        made = list(pool.map(lambda at: click(asked, "", id=f"c{at}", value=values[at]), range(len(values))))

    outcomes = [one.outcome for one in made]
    assert (outcomes.count(Outcome.DECIDED), outcomes.count(Outcome.IGNORED)) == (1, 11)
    assert newest(asked).repo == values[outcomes.index(Outcome.DECIDED)].rpartition("|")[2]
    assert (kinds(asked).count(CHOSEN), len(asked.engine.answers)) == (1, 1)
    assert len(asked.chat.whispers) == 11


def test_a_click_after_the_end_of_time_says_how_to_be_asked_again(asked: FakeWorld) -> None:
    value = button(asked, OTHER)["value"]
    asked.clock.advance(3600)
    nudge(TASK, asked, PATIENCE)

    receipt = click(asked, "", value=value)

    assert receipt.outcome is Outcome.IGNORED
    assert f"closed, nobody answered in time: `/agent retry {TASK}` asks again" in asked.chat.whispers[-1][1]
    assert not said(TASK, asked)


def test_a_click_on_a_stopped_task_counts_and_its_person_is_told_how_to_go_on(asked: FakeWorld) -> None:
    value = button(asked, OTHER)["value"]
    stop(TASK, "slack:UANN", asked)

    assert click(asked, "", value=value).outcome is Outcome.DECIDED

    assert asked.store.task(TASK).status is TaskStatus.FAILED
    assert f"`/agent retry {TASK}` goes on from this answer" in asked.chat.whispers[-1][1]
    resume(TASK, asked)
    inquire(TASK, asked, PATIENCE)
    asked.engine.waiting.add("again")
    listen(TASK, "again", asked)
    assert asked.engine.answers["again"] == {"answer": "chosen"}
    assert len(asked.gate.inquiries(TASK)) == 1


def test_a_machine_that_ended_by_the_answer_is_not_said_to_wait_no_more(unsure: FakeWorld) -> None:
    """A click between asking and waiting: the machine finds it in the record, and is through before the worker is."""
    inquire(TASK, unsure, PATIENCE)
    unsure.chat.meets("update", lambda *_: unsure.engine.statuses.update({TASK: "SUCCEEDED"}))

    receipt = click(unsure, "None of these")

    assert (receipt.outcome, "waits no more" in receipt.reason) == (Outcome.DECIDED, False)
    assert not unsure.chat.whispers


def test_a_stopped_question_is_asked_anew_with_all_its_time_and_the_old_one_is_closed(asked: FakeWorld) -> None:
    value, first = button(asked, OTHER)["value"], newest(asked)
    asked.clock.advance(3599)
    stop(TASK, "slack:UANN", asked)
    resume(TASK, asked)

    waits = inquire(TASK, asked, PATIENCE)

    assert (waits["seconds"], len(asked.gate.inquiries(TASK))) == (1800, 2)
    assert asked.gate.inquiry(TASK, first.id).answer is Answer.REPLACED
    assert "Asked again in a newer message" in json.dumps(asked.chat.messages[first.message_ref].blocks)
    assert click(asked, "", value=value).outcome is Outcome.IGNORED
    assert "asked again in a newer message" in asked.chat.whispers[-1][1]


def test_a_stopped_task_waits_no_more_and_nothing_of_it_is_mended(asked: FakeWorld) -> None:
    stop(TASK, "slack:UANN", asked)

    assert "token" not in asked.engine.waiting
    with pytest.raises(Conflict):
        stop(TASK, "slack:UANN", asked)
    assert swept(asked) == 0


def test_whoever_adds_a_repository_while_somebody_clicks_loses_nothing(asked: FakeWorld) -> None:
    """Both read the question while it was open; the click was written first."""
    value = button(asked, OTHER)["value"]
    asked.gate.meets("settle", lambda _: click(asked, "", value=value))

    assert add(asked, FAR).outcome is Outcome.DECIDED

    assert [(word.kind, word.repo) for word in said(TASK, asked)] == [(CHOSEN, OTHER), (ADDED, FAR)]
    assert asked.engine.answers == {"token": {"answer": "chosen"}}


def test_a_repository_that_was_added_while_the_question_was_being_written_answers_it(asked: FakeWorld) -> None:
    """`add` found no question, and the machine found no word: both had just begun."""
    asked.gate.note(TASK, ADDED, {"repo": FAR, "by": "slack:UANN"})

    asked.engine.waiting.add("next")
    listen(TASK, "next", asked)

    assert asked.engine.answers["next"] == {"answer": "chosen"}
    assert (newest(asked).answer, newest(asked).repo) == (Answer.CHOSEN, FAR)
    assert "actions" not in json.dumps(asked.chat.messages[newest(asked).message_ref].blocks)


@pytest.mark.parametrize(("label", "answer"), [(OTHER, "chosen"), ("None of these", "none")])
def test_an_answer_whose_worker_was_killed_before_the_machine_heard_it_is_mended_once(
    asked: FakeWorld, label: str, answer: str
) -> None:
    dying(asked)
    with pytest.raises(VendorUnavailable):
        click(asked, label)
    assert newest(asked).answer == answer

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(lambda _: swept(asked), range(2))) == 1

    assert asked.engine.answers["token"] == {"answer": answer}
    assert "actions" not in json.dumps(asked.chat.messages[newest(asked).message_ref].blocks)
    assert asked.store.receipt(f"sweep:answer:{newest(asked).id}").outcome is Outcome.MENDED
    assert swept(asked) == 0


def test_an_answer_whose_worker_was_killed_is_heard_by_the_next_slice_without_any_sweep(asked: FakeWorld) -> None:
    dying(asked)
    with pytest.raises(VendorUnavailable):
        click(asked, OTHER)

    assert nudge(TASK, asked, PATIENCE)["state"] == "waiting"
    asked.engine.waiting.add("next")
    listen(TASK, "next", asked)

    assert asked.engine.answers["next"] == {"answer": "chosen"}


def test_an_open_question_and_one_that_was_heard_are_left_alone(asked: FakeWorld) -> None:
    asked.clock.advance(1200)
    assert swept(asked) == 0
    click(asked, OTHER)

    assert swept(asked) == 0


def test_a_question_that_never_reached_slack_is_posted_by_the_sweep_once(unsure: FakeWorld) -> None:
    """The machine's function was killed between the record and the message."""
    unsure.chat.failure = VendorUnavailable("killed")
    inquire(TASK, unsure, PATIENCE)
    listen(TASK, "token", unsure)
    assert swept(unsure) == 0, "it may just be on its way"
    unsure.clock.advance(SETTLING.total_seconds() + 1)
    with pytest.raises(VendorUnavailable):
        swept(unsure)
    unsure.chat.failure = None

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(lambda _: swept(unsure), range(2))) == 1

    assert button(unsure, OTHER)
    assert len(unsure.chat.messages) == 1
    unsure.clock.advance(timedelta(minutes=15).total_seconds())
    assert swept(unsure) == 0


def test_an_answer_that_came_before_its_question_reached_slack_leaves_nothing_to_post(unsure: FakeWorld) -> None:
    unsure.chat.failure = VendorUnavailable("killed")
    inquire(TASK, unsure, PATIENCE)
    unsure.chat.failure = None
    add(unsure, OTHER)
    unsure.clock.advance(SETTLING.total_seconds() + 1)

    assert nudge(TASK, unsure, PATIENCE)["state"] == "waiting"
    assert swept(unsure) == 0
    assert "Which repository" not in blocks(unsure)


def test_a_task_that_ended_is_not_asked_about_by_the_sweep(asked: FakeWorld) -> None:
    dying(asked)
    with pytest.raises(VendorUnavailable):
        click(asked, "None of these")
    nothing(TASK, UNANSWERED, asked)

    assert swept(asked) == 0
    assert not asked.engine.answers
