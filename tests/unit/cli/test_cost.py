"""What a task or a month cost, in lines that add up."""

from __future__ import annotations

import json

from ferry.domain.paid_steps import FunctionRun, History, SandboxSession
from ferry.domain.spending import Hold
from ferry.domain.triggers.slack import Command
from ferry.usecases.money_command import cost
from tests.fakes.spending import pay
from tests.unit.cli.conftest import Cli
from tests.unit.cli.test_look import entry
from tests.unit.usecases.conftest import AT, TASK, FakeWorld


def worked(world: FakeWorld) -> None:
    """Tokens for $0.0150, 40 transitions, a minute of Lambda, and an hour of sandbox."""
    for step, money in (("planning", 5000), ("execution", 10_000)):
        pay(world.store, TASK, entry(step, 10, money))
    world.store.update_task(TASK, execution=world.engine.start(TASK, {}))
    world.engine.histories[TASK] = History(40, (FunctionRun("execution", 60),))
    session = SandboxSession(
        id="s", step="execution", began=AT, lasts=3600, seconds=3600, cpu_seconds=1080, gigabytes=4
    )
    world.store.keep_session(TASK, session)


def test_the_lines_of_a_task_add_up_with_what_aws_takes_beside(cli: Cli, planned: FakeWorld) -> None:
    worked(planned)

    said = cli("cost", TASK).out.splitlines()
    told = json.loads(cli("cost", TASK, "--json").out)

    assert [" ".join(line.split()) for line in said[:8]] == [
        f"{TASK}: $0.0150 spent",
        "WHAT MONEY",
        "planning 1 call $0.0050",
        "execution 1 call $0.0100",
        "Step Functions 40 transitions $0.0010",
        "Lambda 120 GB-seconds $0.0016",
        "Code Interpreter 3,600 seconds $0.0646",
        "together $0.0823",
    ]
    assert "a bill may differ" in said[-1]
    assert [one["micro_dollars"] for one in told["aws"]] == [1000, 1601, 64_650]


def test_slack_says_the_same(planned: FakeWorld) -> None:
    worked(planned)

    text, blocks = cost(Command("U1", "cost", (TASK,), "C1"), planned)

    shown = json.dumps(blocks)
    assert text == f"{TASK}: $0.0150 spent"
    assert "*Code Interpreter* $0.0646 (3,600 seconds)" in shown
    assert "*together* $0.0823" in shown


def test_a_month_says_what_its_lines_are_sums_of(cli: Cli, planned: FakeWorld) -> None:
    assert "nothing was paid for yet" in cli("cost").out
    names = ("team:FERRY:2026-11", "repo:acme/pricing:2026-11", "month:2026-11")
    one = Hold(id="h", task_id=TASK, expires=AT, accounts=names, lost=entry("planning", 10, 2500))
    planned.store.reserve(one, {})
    planned.store.settle(one, one.lost)

    said = cli("cost", "2026-11").out

    assert "2026-11: $0.0025 spent in all" in said
    assert [" ".join(line.split()) for line in said.splitlines()[2:4]] == [
        "repo acme/pricing 1 call $0.0025", "team FERRY 1 call $0.0025"
    ]  # fmt: skip
    assert "each call counts for its team, and for its repository" in said
