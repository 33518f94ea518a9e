"""A ticket is frozen at the trigger; later edits are shown and never obeyed. Starts have budgets and one name each."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from ferry.domain.admission.budget import Budget
from ferry.domain.delivery import Delivery, Outcome, Receipt, Source
from ferry.domain.errors import NotFound, VendorUnavailable
from ferry.domain.step import ticket_key
from ferry.domain.task import TaskStatus
from ferry.domain.ticket import Ticket
from ferry.domain.ticket_edit import EDITED, MOST_SHOWN
from ferry.usecases.admit import admit
from ferry.usecases.rules import Rules
from tests.fakes.issue_tracker import FakeIssueTracker, comment
from tests.unit.domain.test_triggers import labelled
from tests.unit.usecases.conftest import TASK, FakeWorld, request_approval

RULES = Rules(label="AI", own_account="", approvers=frozenset({"U1"}), max_revisions=3)
NOW = "2026-11-21T12:00:00.000+00:00"
LATER = "2026-11-21T12:05:00.000+00:00"


def jira(id: str, body: dict[str, Any], at: str = NOW) -> Delivery:
    return Delivery(Source.JIRA, id, body["webhookEvent"], json.dumps(body), at)


def edit(text: str = "Other text", key: str = "FERRY-1") -> dict[str, Any]:
    body = labelled("AI", "AI")
    body["issue"]["key"] = key
    body["issue"]["fields"]["description"] = text
    body["user"] = {"accountId": "B1", "displayName": "Bea"}
    return body | {"changelog": {"items": [{"field": "description", "fromString": "Text", "toString": text}]}}


def said(text: str, author: str = "B1", event: str = "comment_created") -> dict[str, Any]:
    by = {"accountId": author, "displayName": "Bea"}
    return {
        "webhookEvent": event,
        "issue": {"key": "FERRY-1"},
        "comment": {"id": "9", "author": by, "updateAuthor": by, "body": text},
    }


def started(world: FakeWorld) -> Receipt:
    receipt = admit(jira("start", labelled()), world, RULES)
    assert receipt.outcome is Outcome.STARTED
    return receipt


def frozen(world: FakeWorld, task: str) -> Ticket:
    return Ticket.read(world.artifacts.get(ticket_key(task)), "ticket")


def test_what_allowed_people_said_before_is_frozen_with_the_ticket(world: FakeWorld) -> None:
    world.tracker.written["FERRY-1"] = [
        comment("Round half up"),
        comment("spam", author="C1", id="2", kind="customer"),
        comment("beep", author="R1", id="3", kind="app"),
        comment("Ferry's own report", author="FERRY", id="4"),
        comment("too late", id="5", at=LATER),
    ]

    ticket = frozen(world, started(world).task_id)

    assert [one.text for one in ticket.comments] == ["Round half up"]
    assert "Comment by A1" in ticket.text


def test_with_an_allow_list_only_its_members_comments_count(world: FakeWorld) -> None:
    world.tracker.written["FERRY-1"] = [comment("mine", author="A1"), comment("other", author="B1", id="2")]
    rules = dataclasses.replace(RULES, jira_triggerers=frozenset({"A1"}))

    receipt = admit(jira("d", labelled()), world, rules)

    assert [one.text for one in frozen(world, receipt.task_id).comments] == ["mine"]


def test_an_account_that_is_not_on_the_list_starts_nothing(world: FakeWorld) -> None:
    receipt = admit(jira("d", labelled()), world, dataclasses.replace(RULES, jira_triggerers=frozenset({"B1"})))

    assert (receipt.outcome, world.store.tasks()) == (Outcome.IGNORED, [])
    assert "JiraTriggerers" in receipt.reason


def test_unreadable_comments_are_left_out_and_the_timeline_says_so(world: FakeWorld) -> None:
    world.tracker = FakeIssueTracker(failure=NotFound("FERRY-1: no such ticket"))

    task = started(world).task_id

    assert frozen(world, task).text == "Text"
    assert any(event.kind == "comments unread" for event in world.store.events(task))


def test_jira_away_while_freezing_is_waited_for(world: FakeWorld) -> None:
    world.tracker = FakeIssueTracker(failure=VendorUnavailable("Jira is away"))
    with pytest.raises(VendorUnavailable):
        admit(jira("d", labelled()), world, RULES)
    world.tracker = FakeIssueTracker()

    assert admit(jira("d", labelled()), world, RULES).outcome is Outcome.STARTED


def test_a_later_edit_is_shown_and_never_obeyed(world: FakeWorld) -> None:
    task = started(world).task_id
    before = frozen(world, task)

    receipt = admit(jira("e", edit(), LATER), world, RULES)

    assert (receipt.outcome, receipt.task_id) == (Outcome.IGNORED, task)
    assert "Bea changed the ticket's text of FERRY-1 after the trigger" in receipt.reason
    assert frozen(world, task) == before
    shown = list(world.chat.messages.values())[-1]
    assert shown.thread == world.store.task(task).message_ref
    assert "-Text\n+Other text" in shown.blocks[1]["text"]["text"]
    assert [event.kind for event in world.store.events(task)].count(EDITED) == 1
    assert len(world.engine.executions) == 1


@pytest.mark.parametrize("event", ["comment_created", "comment_updated"])
def test_a_later_comment_is_shown_too(world: FakeWorld, event: str) -> None:
    started(world)

    receipt = admit(jira("c", said("Do something else", event=event), LATER), world, RULES)

    assert "Bea changed a comment" in receipt.reason
    assert "+Do something else" in list(world.chat.messages.values())[-1].blocks[1]["text"]["text"]


@pytest.mark.parametrize(
    ("body", "at", "reason"),
    [
        pytest.param(edit("Text"), LATER, "reads as it did", id="changed back"),
        pytest.param(edit(), NOW, "before the trigger", id="made before, delivered late"),
        pytest.param(said("Plan is ready", author="FERRY"), LATER, "own account", id="Ferry's own comment"),
        pytest.param(edit(key="FERRY-9"), LATER, "no task carries FERRY-9", id="of another ticket"),
    ],
)
def test_what_is_no_later_edit_is_not_shown(world: FakeWorld, body: dict[str, Any], at: str, reason: str) -> None:
    started(world)
    messages = len(world.chat.messages)

    receipt = admit(jira("e", body, at), world, RULES)

    assert reason in receipt.reason
    assert len(world.chat.messages) == messages


def test_an_edit_that_is_tried_again_is_told_once(world: FakeWorld) -> None:
    task = started(world).task_id
    world.store.meets("put_receipt", VendorUnavailable("the worker was killed"))
    with pytest.raises(VendorUnavailable):
        admit(jira("e", edit(), LATER), world, RULES)
    world.clock.advance(RULES.lease_seconds + 1)

    admit(jira("e", edit(), LATER), world, RULES)

    assert [event.kind for event in world.store.events(task)].count(EDITED) == 1


def test_endless_edits_are_not_shown_endlessly(world: FakeWorld) -> None:
    started(world)
    for number in range(MOST_SHOWN + 5):
        receipt = admit(jira(f"e{number}", edit(f"text {number}"), LATER), world, RULES)

    assert len(world.chat.messages) == 1 + MOST_SHOWN
    assert "more than 20 times" in receipt.reason


def test_approvers_read_of_the_edit_before_they_decide(planned: FakeWorld) -> None:
    planned.store.add_event(TASK, EDITED, "Bea changed the ticket's text")

    request_approval(TASK, 1, "token", planned)

    blocks = json.dumps(list(planned.chat.messages.values())[-1].blocks)
    assert "FERRY-1 was changed once after the trigger" in blocks


def test_one_change_told_twice_under_two_names_starts_once(world: FakeWorld) -> None:
    body = labelled()
    body["changelog"]["id"] = "77"
    first = admit(jira("d1", body), world, RULES)
    world.store.update_task(first.task_id, status=TaskStatus.REJECTED)

    second = admit(jira("d2", body), world, RULES)

    assert (second.outcome, second.task_id) == (Outcome.DUPLICATE, first.task_id)
    assert "as jira:d1" in second.reason
    assert len(world.store.tasks()) == 1


def test_a_persons_wish_to_run_again_gets_a_new_name(world: FakeWorld) -> None:
    for number in ("77", "78"):
        body = labelled()
        body["changelog"]["id"] = number
        receipt = admit(jira(f"d{number}", body), world, RULES)
        world.store.update_task(receipt.task_id, status=TaskStatus.REJECTED)

    assert len({task.id for task in world.store.tasks()}) == len(world.engine.executions) == 2


def test_a_loop_of_labels_ends_at_the_tickets_budget(world: FakeWorld) -> None:
    rules = dataclasses.replace(RULES, budget=Budget(ticket=3))
    outcomes = []
    for number in range(5):
        receipt = admit(jira(f"d{number}", labelled()), world, rules)
        outcomes.append(receipt.outcome)
        for task in world.store.tasks():
            world.store.update_task(task.id, status=TaskStatus.FAILED)

    assert outcomes == [Outcome.STARTED] * 3 + [Outcome.REJECTED] * 2
    assert "the budget of 3 starts of FERRY-1 today is used up" in receipt.reason


def test_all_tickets_share_the_hour_and_the_next_hour_is_free(world: FakeWorld) -> None:
    rules = dataclasses.replace(RULES, budget=Budget(hour=2))

    def label(number: int) -> Outcome:
        body = labelled()
        body["issue"]["key"] = f"FERRY-{number}"
        return admit(jira(f"d{number}", body), world, rules).outcome

    assert [label(number) for number in range(3)] == [Outcome.STARTED, Outcome.STARTED, Outcome.REJECTED]
    world.clock.advance(3600)
    assert label(4) is Outcome.STARTED


def test_a_duplicate_spends_nothing(world: FakeWorld) -> None:
    rules = dataclasses.replace(RULES, budget=Budget(hour=1))

    for number in range(3):
        receipt = admit(jira(f"d{number}", labelled()), world, rules)

    assert receipt.outcome is Outcome.DUPLICATE


def test_a_stranger_cannot_steer_in_slack(world: FakeWorld) -> None:
    form = "command=%2Fagent&text=stop+FERRY-1-a&user_id=U9&channel_id=C1"

    receipt = admit(Delivery(Source.SLACK, "s", "command", form, NOW), world, RULES)

    assert "not among those who may steer" in receipt.reason
    assert world.chat.whispers[-1][0] == "U9"


def test_a_named_user_may_stop_and_retry_and_not_approve(world: FakeWorld) -> None:
    rules = dataclasses.replace(RULES, slack_users=frozenset({"U9"}))
    started = admit(jira("d1", labelled()), world, rules)

    def say(verb: str, id: str) -> Receipt:
        form = f"command=%2Fagent&text={verb}+{started.task_id}&user_id=U9&channel_id=C1"
        return admit(Delivery(Source.SLACK, id, "command", form, NOW), world, rules)

    assert say("approve", "s1").outcome is Outcome.IGNORED
    assert say("stop", "s2").outcome is Outcome.DECIDED
