"""Who may let a task spend more, that it counts once, and that the task goes on where money stopped it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ferry.domain.audit import broken, gainsaid
from ferry.domain.ceiling import RAISED, WANTED, raised_cents
from ferry.domain.delivery import Delivery, Outcome, Receipt, Source
from ferry.domain.errors import Conflict
from ferry.domain.policy import read_policy
from ferry.domain.task import TaskStatus
from ferry.domain.triggers.slack import Command
from ferry.usecases.ceiling import cents_of
from ferry.usecases.command import obey
from ferry.usecases.finish import fail
from ferry.usecases.rules import Rules
from tests.fakes.spending import pay
from tests.unit.cli.test_look import entry
from tests.unit.usecases.conftest import AT, TASK, FakeWorld, request_approval

RULES = Rules(label="AI", own_account="", approvers=frozenset({"U1", "U2"}), max_revisions=2)
OVER = {"Error": "BudgetExceeded", "Cause": json.dumps({"errorType": "BudgetExceeded", "errorMessage": "task X may"})}


def say(world: FakeWorld, *words: str, user: str = "U1", delivery: str = "d1", rules: Rules = RULES) -> Receipt:
    return obey(Delivery(Source.SLACK, delivery, "command", "", AT), Command(user, "raise", words, "C1"), world, rules)


def quorum(policy: str) -> Rules:
    return replace(RULES, policy=read_policy(policy, sorted(RULES.approvers)))


def kinds(world: FakeWorld) -> list[str]:
    return [record.kind for record in world.gate.audit(TASK)[0]]


def raised(world: FakeWorld) -> int:
    return raised_cents(world.gate.audit(TASK)[0])


@pytest.fixture
def over(planned: FakeWorld) -> FakeWorld:
    """A task that spent its money while it planned."""
    planned.store.update_task(TASK, execution=planned.engine.start(TASK, {}), revision=1)
    pay(planned.store, TASK, entry("planning", 10, 2500))
    fail(TASK, OVER, planned)
    planned.engine.statuses[TASK] = "FAILED"
    return planned


def test_a_task_without_money_rests_by_name_and_slack_says_what_was_spent_and_what_helps(over: FakeWorld) -> None:
    task = over.store.task(TASK)
    shown = json.dumps(list(over.chat.messages.values())[-1].blocks)

    assert (task.status, task.resume_from) == (TaskStatus.OVER_BUDGET, "plan")
    assert task.detail == "task X may"
    assert "$0.0025 spent" in shown
    assert "planning $0.0025 (1 call)" in shown
    assert f"/agent raise {TASK} &lt;dollars&gt;" in shown
    assert "acme/pricing#1" in shown
    assert "over budget" in over.tracker.comments("FERRY-1")[-1].text


def test_an_approver_raises_it_and_it_goes_on_from_there(over: FakeWorld) -> None:
    receipt = say(over, TASK, "5")

    task = over.store.task(TASK)
    assert receipt.outcome is Outcome.DECIDED
    assert (raised(over), task.status, task.resume_from) == (500, TaskStatus.PLANNING, "plan")
    assert over.engine.statuses[f"{TASK}-2"] == "RUNNING"
    assert "goes on at its step plan" in over.chat.whispers[-1][1]
    assert "ceiling raised" in [event.kind for event in over.store.events(TASK)]


def test_a_raise_is_told_twice_and_counts_once(over: FakeWorld) -> None:
    for _ in range(2):
        say(over, TASK, "5")

    assert raised(over) == 500
    assert kinds(over).count(RAISED) == 1


def test_whoever_may_not_approve_raises_nothing_and_it_is_in_the_chain(over: FakeWorld) -> None:
    receipt = say(over, TASK, "5", user="U9")

    assert receipt.outcome is Outcome.IGNORED
    assert (raised(over), over.store.task(TASK).status) == (0, TaskStatus.OVER_BUDGET)
    assert kinds(over)[-1] == "raise refused"
    assert "not among those who may approve" in over.chat.whispers[-1][1]


def test_who_asked_may_not_raise_where_they_may_not_approve(over: FakeWorld) -> None:
    people = '"people": {"ann": ["slack:U1", "jira:A1"]}'
    rules = quorum(f'{{"approvers": ["slack:U1", "slack:U2"], "requester_may_approve": false, {people}}}')

    assert say(over, TASK, "5", rules=rules).outcome is Outcome.IGNORED
    assert raised(over) == 0


def test_as_many_as_an_approval_takes_must_say_the_same(over: FakeWorld) -> None:
    rules = quorum('{"approvers": ["slack:U1", "slack:U2"], "quorum": 2}')

    first = say(over, TASK, "5", rules=rules)
    other = say(over, TASK, "7", user="U2", delivery="d2", rules=rules)
    assert raised(over) == 0
    assert "1 more needed" in first.reason
    assert "1 more needed" in other.reason
    say(over, TASK, "5.00", user="U2", delivery="d3", rules=rules)

    assert raised(over) == 500
    assert kinds(over).count(WANTED) == 3


def test_a_rule_for_dear_tasks_looks_at_the_ceiling_after_the_raise(over: FakeWorld) -> None:
    dear = '{"name": "dear", "ceiling_cents": 600, "approvers": ["slack:U2"]}'
    rules = quorum(f'{{"approvers": ["slack:U1", "slack:U2"], "rules": [{dear}]}}')

    say(over, TASK, "4", rules=rules)
    assert raised(over) == 400
    say(over, TASK, "4", delivery="d2", rules=rules)
    assert raised(over) == 400
    say(over, TASK, "4", user="U2", delivery="d3", rules=rules)
    assert raised(over) == 800


def test_a_raise_before_there_is_a_plan_counts_as_the_dearest(world: FakeWorld, over: FakeWorld) -> None:
    over.artifacts.documents = {key: one for key, one in over.artifacts.documents.items() if "plan-" not in key}
    dear = '{"name": "dear", "ceiling_cents": 600000, "approvers": ["slack:U2"]}'

    say(over, TASK, "4", rules=quorum(f'{{"approvers": ["slack:U1", "slack:U2"], "rules": [{dear}]}}'))

    assert raised(over) == 0


def test_a_raise_is_bound_to_what_was_approved_and_the_chain_holds(planned: FakeWorld) -> None:
    request = request_approval(TASK, 1, "token", planned)

    say(planned, TASK, "2.50")

    records, head = planned.gate.audit(TASK)
    about = next(record.about for record in records if record.kind == RAISED)
    assert about["digest"] == request.digest
    assert (about["by"], about["cents"], about["raised now"]) == ("slack:U1", "250", "250")
    assert broken(records, head) == ""
    assert gainsaid(records, planned.gate.approvals(TASK), []) == ""


def test_a_task_at_work_is_raised_and_not_started_again(planned: FakeWorld) -> None:
    say(planned, TASK, "5")

    assert raised(planned) == 500
    assert planned.engine.executions == {}


def test_a_task_that_is_over_spends_nothing(planned: FakeWorld) -> None:
    planned.store.update_task(TASK, status=TaskStatus.REJECTED)

    say(planned, TASK, "5")

    assert raised(planned) == 0
    assert "it spends nothing any more" in planned.chat.whispers[-1][1]


def test_a_task_that_succeeded_is_raised_for_the_changes_that_are_asked_for_after_it(planned: FakeWorld) -> None:
    planned.store.update_task(TASK, status=TaskStatus.SUCCEEDED)

    say(planned, TASK, "5")

    assert (raised(planned), planned.store.task(TASK).status) == (500, TaskStatus.SUCCEEDED)
    assert "say on its pull request again what is to be changed" in planned.chat.whispers[-1][1]
    assert planned.engine.executions == {}


@pytest.mark.parametrize(("text", "cents"), [("5", 500), ("$5", 500), ("2.5", 250), ("0.01", 1), ("10000", 1_000_000)])
def test_an_amount_is_dollars(text: str, cents: int) -> None:
    assert cents_of(text) == cents


@pytest.mark.parametrize("text", ["", "0", "-5", "5€", "1e3", "10000.01", "1.234", "five", "٥"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Conflict, match="is no amount"):
        cents_of(text)
