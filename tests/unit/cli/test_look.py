"""What operators see, for a person and as JSON."""

from __future__ import annotations

import json

import pytest

from ferry.domain.approval import Approval
from ferry.domain.ci_history import CiEntry
from ferry.domain.delivery import Outcome, Receipt
from ferry.domain.ledger import LedgerEntry, Usage
from tests.fakes.spending import pay
from tests.fakes.store import leave
from tests.unit.cli.conftest import Cli
from tests.unit.usecases.conftest import AT, TASK, FakeWorld


def entry(step: str, tokens: int, money: int) -> LedgerEntry:
    usage = Usage(input=tokens, output=1)
    return LedgerEntry(
        at=AT, step=step, attempt=1, model="m", usage=usage, milliseconds=5, micro_dollars=money, prices="p"
    )


def test_status_shows_timeline_approval_pull_request_and_money(
    cli: Cli, planned: FakeWorld, approval: Approval
) -> None:
    pay(planned.store, TASK, entry("planning", 10, 2500))

    said = cli("status", TASK)

    assert said.code == 0
    assert "approval requested: plan 1" in said.out
    assert f"plan 1 ({approval.digest[:16]}) waits for a decision" in said.out
    assert "1. acme/pricing#1 CI pending" in said.out
    assert "spent $0.0025 in 1 model calls" in said.out


def test_status_as_json_is_the_story_and_nothing_else(cli: Cli, approval: Approval) -> None:
    said = cli("status", TASK, "--json")

    told = json.loads(said.out)
    assert told["task"]["id"] == TASK
    assert told["approvals"][0]["id"] == approval.id
    assert said.err == ""


def test_json_may_come_before_the_verb(cli: Cli) -> None:
    assert json.loads(cli("--json", "list").out)[0]["id"] == TASK


def test_no_token_is_ever_shown(cli: Cli, approval: Approval) -> None:
    shown = "".join(cli(*words).out for words in (("--json", "status", TASK), ("status", TASK), ("why", TASK)))

    assert '"token"' not in shown
    assert approval.id in shown


def test_an_unknown_task_is_told_with_near_ones_on_one_line(cli: Cli) -> None:
    said = cli("status", "FERRY-1-b")

    assert said.code == 1
    assert said.out == ""
    assert said.err == f"NotFound: there is no task FERRY-1-b; did you mean {TASK}?\n"


def test_a_name_like_no_other_points_to_the_list(cli: Cli) -> None:
    assert "see `python -m ferry list`" in cli("logs", "zzzzzzzzzzzz").err


def test_list_keeps_to_the_status_asked_for(cli: Cli) -> None:
    assert TASK in cli("list", "--status", "planning").out
    assert cli("list", "--status", "failed").out == "no tasks\n"


def test_logs_shows_the_last_lines(cli: Cli, planned: FakeWorld) -> None:
    for number in range(5):
        planned.store.add_event(TASK, "line", str(number))

    lines = cli("logs", TASK, "-n", "2").out.splitlines()

    assert [line.rpartition(" ")[2] for line in lines] == ["3", "4"]
    assert len(cli("logs", TASK).out.splitlines()) == 5


@pytest.mark.parametrize("words", [("dance",), ("status",), ("logs", TASK, "-n", "0"), ("list", "--status", "odd")])
def test_wrong_usage_is_one_line_and_two(cli: Cli, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    said = cli(*words)

    assert said.code == 2
    assert said.out == ""
    assert capsys.readouterr().err.count("\n") == 1


def test_why_tells_a_task_by_its_ticket(cli: Cli, planned: FakeWorld, approval: Approval) -> None:
    planned.store.add_event(TASK, "started", "Ann asked for FERRY-1: t")
    planned.store.update_task(TASK, execution=planned.engine.start(TASK, {}))

    lines = cli("why", "ferry-1").out.splitlines()

    assert len(lines) <= 5
    assert lines[0].startswith("What came: Ann asked for FERRY-1")
    assert lines[-1] == f"Now: it waits for a person: python -m ferry approve {TASK}"


def test_why_tells_of_a_task_whose_engine_forgot_it(cli: Cli) -> None:
    assert (
        f"its execution is gone (did the local stack stop?); to go on: python -m ferry resume {TASK}"
        in cli("why", TASK).out
    )


def test_why_tells_what_became_of_a_delivery_that_started_nothing(cli: Cli, planned: FakeWorld) -> None:
    leave(Receipt("jira:7", Outcome.IGNORED, "the label AI was not added by this change", AT), planned.store)

    assert cli("why", "jira:7").out == "jira:7 came and was ignored: the label AI was not added by this change\n"


def test_why_follows_a_delivery_to_its_task_in_five_lines(cli: Cli, planned: FakeWorld, approval: Approval) -> None:
    leave(Receipt("jira:8", Outcome.STARTED, "carried", AT, TASK), planned.store)
    cli("approve", TASK)

    lines = json.loads(cli("--json", "why", "jira:8").out)["lines"]

    assert len(lines) == 5
    assert "approved by operator:" in lines[2]


def test_why_suggests_for_an_unknown_ticket(cli: Cli) -> None:
    assert "did you mean FERRY-1" in cli("why", "FERRY-2").err


def test_the_ledger_adds_up_per_step(cli: Cli, planned: FakeWorld) -> None:
    for step, tokens, money in (("planning", 10, 100), ("execution", 20, 200), ("execution", 5, 50)):
        pay(planned.store, TASK, entry(step, tokens, money))

    told = json.loads(cli("ledger", TASK, "--json").out)

    assert [step["step"] for step in told["steps"]] == ["planning", "execution"]
    assert told["steps"][1]["input"] == 25
    assert told["total"] == {
        "calls": 3, "input": 35, "output": 3, "cache_read": 0, "cache_write": 0, "cache_write_1h": 0,
        "reasoning": 0, "micro_dollars": 350,
    }  # fmt: skip
    assert "$0.0003" in cli("ledger", TASK).out


def test_audit_says_that_the_record_is_whole(cli: Cli, planned: FakeWorld) -> None:
    planned.store.add_event(TASK, "started", "a")

    assert cli("audit", "verify", TASK).code == 0


def test_audit_names_the_first_broken_line(cli: Cli, planned: FakeWorld) -> None:
    for number in range(3):
        planned.store.add_event(TASK, "line", str(number))
    events = planned.store._records[TASK].events
    events[1] = events[1].model_copy(update={"detail": "something else"})

    said, told = cli("audit", "verify", TASK), json.loads(cli("--json", "audit", "verify", TASK).out)

    assert said.code == 1
    assert said.out.startswith(f"the timeline of {TASK} is broken: line 2, ")
    assert told["whole"] is False
    assert told["gate"]["broken"] == ""


def test_audit_names_the_first_broken_record_of_the_gate(cli: Cli, planned: FakeWorld, approval: Approval) -> None:
    records = planned.gate._audit[TASK]
    records[0] = records[0].model_copy(update={"about": {**records[0].about, "digest": "f" * 64}})

    said = cli("audit", "verify", TASK)

    assert said.code == 1
    assert said.out.startswith(f"the gate of {TASK} is broken: record 1 (asked")


def test_audit_shows_the_gate_in_words(cli: Cli, approval: Approval) -> None:
    assert cli("approve", TASK).code == 0

    lines = cli("audit", "show", TASK).out.splitlines()

    assert f"people were asked about plan 1, opening 1: request {approval.id}" in lines[0]
    assert "decided on request" in lines[1]
    assert "plan 1: approved" in lines[1]


def test_audit_shows_that_nobody_was_asked_yet(cli: Cli) -> None:
    assert cli("audit", "show", TASK).out == "nothing happened at the gate yet\n"


def test_why_knows_a_delivery_by_the_name_its_sender_shows(cli: Cli, planned: FakeWorld) -> None:
    leave(Receipt("github:72d3162e", Outcome.IGNORED, "GitHub says hello", AT), planned.store)

    assert cli("why", "72d3162e").out == "github:72d3162e came and was ignored: GitHub says hello\n"


def test_status_and_why_tell_what_ci_was_red_at_and_what_became_of_it(cli: Cli, planned: FakeWorld) -> None:
    entry = CiEntry(head="a" * 40, result="fixed in bbbbbbb", failed=("lint",), cause="format", tried="ruff format .")
    pull = planned.store.pull_requests(TASK)[0]
    planned.store.put_pull_request(TASK, pull.model_copy(update={"history": (entry,)}))
    told = "aaaaaaa: lint failed; cause format; ruff format .; fixed in bbbbbbb"

    assert f"└─ {pull.repo} {told}" in cli("status", TASK).out
    assert f"CI: {pull.repo} {told}" in cli("why", TASK).out.splitlines()
