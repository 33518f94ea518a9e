"""What operators decide is the same one conditional write as a click in Slack."""

from __future__ import annotations

import json

import pytest

from ferry.domain.approval import Approval, Decision
from ferry.domain.delivery import Delivery, Source
from ferry.domain.task import TaskStatus
from tests.fakes.gate import FakeGateStore
from tests.unit.cli.conftest import Cli
from tests.unit.usecases.conftest import AT, TASK, FakeWorld


def test_an_operators_approval_wakes_the_machine_and_names_them(
    cli: Cli, planned: FakeWorld, approval: Approval
) -> None:
    said = cli("approve", TASK)

    closed = planned.gate.approval(TASK, approval.id)
    assert said.code == 0
    assert closed.decision is Decision.APPROVED
    assert closed.decided_by.startswith("operator:")
    assert planned.engine.answers["token"]["decision"] == "approved"


def test_a_second_decision_is_refused(cli: Cli, planned: FakeWorld, approval: Approval) -> None:
    cli("reject", TASK, "too", "wide")

    said = cli("approve", TASK)

    assert said.code == 1
    assert "does not wait for a decision" in said.err
    assert planned.gate.approval(TASK, approval.id).reason == "too wide"
    assert planned.engine.answers["token"]["decision"] == "rejected"


def test_changes_carry_the_words_to_the_machine(cli: Cli, planned: FakeWorld, approval: Approval) -> None:
    told = json.loads(cli("changes", TASK, "name every limit", "--json").out)

    assert told["decision"] == "changes_requested"
    assert planned.engine.answers["token"]["reason"] == "name every limit"


def test_changes_without_words_is_wrong_usage(cli: Cli, approval: Approval) -> None:
    assert cli("changes", TASK).code == 2


def test_who_comes_second_to_a_click_is_told_so(cli: Cli, planned: FakeWorld, approval: Approval) -> None:
    """The click lands between reading and writing."""
    clicked = approval.model_copy(update={"decision": Decision.REJECTED, "decided_by": "U1"})

    class Contended(FakeGateStore):
        def decide(self, decided: Approval, **about: str) -> bool:
            super().decide(clicked)
            return super().decide(decided, **about)

    planned.gate.__class__ = Contended

    said = cli("approve", TASK)

    assert said.code == 1
    assert "somebody else decided" in said.err
    assert planned.engine.answers == {}


@pytest.mark.parametrize("verb", ["approve", "reject", "resume"])
def test_an_unknown_task_is_not_acted_on(cli: Cli, verb: str) -> None:
    assert "did you mean" in cli(verb, "FERRY-1-b").err


def test_resume_starts_where_the_task_stopped(cli: Cli, planned: FakeWorld) -> None:
    planned.store.update_task(TASK, status=TaskStatus.FAILED, resume_from="plan", execution="arn:x:FERRY-1-a")

    said = cli("resume", TASK)

    assert "goes on from plan" in said.out
    assert planned.engine.executions[f"{TASK}-2"]["resume_from"] == "plan"


def test_what_succeeded_is_not_resumed(cli: Cli, planned: FakeWorld) -> None:
    planned.store.update_task(TASK, status=TaskStatus.SUCCEEDED)

    assert cli("resume", TASK).code == 1


def test_redrive_says_how_many_dead_letters_go_back(cli: Cli, planned: FakeWorld) -> None:
    assert cli("redrive").out == "there are no dead letters\n"
    planned.dead_letters.dead = [Delivery(Source.JIRA, str(number), "k", "{}", AT) for number in range(2)]

    assert cli("redrive").out.startswith("2 deliveries go back to the queue")
    assert len(planned.dead_letters.queue) == 2
