"""What AWS takes is counted from an execution's history, in AWS's own form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ferry.adapters.execution_history import read_history
from ferry.agentkit.prices import load_aws_prices
from ferry.domain.paid_steps import MEGABYTES, FunctionRun, History, SandboxSession, paid_steps
from tests.template import resources, template

BEGIN = datetime(2026, 11, 21, tzinfo=UTC)
SYNC, WAIT = "lambda:invoke", "lambda:invoke.waitForTaskToken"


def event(id: int, before: int, kind: str, seconds: float, **more: Any) -> dict[str, Any]:
    return {"id": id, "previousEventId": before, "type": kind, "timestamp": BEGIN + timedelta(seconds=seconds), **more}


def scheduled(id: int, before: int, seconds: float, resource: str, payload: str) -> dict[str, Any]:
    details = {"resource": resource, "parameters": f'{{"FunctionName": "f", "Payload": {payload}}}'}
    return event(id, before, "TaskScheduled", seconds, taskScheduledEventDetails=details)


def test_an_agent_runs_from_its_dispatch_to_its_answer_and_waiting_for_people_runs_nothing() -> None:
    history = read_history(
        [
            event(1, 0, "ExecutionStarted", 0),
            event(2, 1, "TaskStateEntered", 0),
            scheduled(3, 2, 0, WAIT, '{"agent": "execution", "token": "t"}'),
            event(4, 3, "TaskStarted", 0),
            event(5, 4, "TaskSubmitted", 1),
            event(6, 5, "TaskSucceeded", 61),
            event(7, 6, "TaskStateExited", 61),
            event(8, 7, "TaskStateEntered", 61),
            scheduled(9, 8, 61, WAIT, '{"step": "wait"}'),
            event(10, 9, "TaskStarted", 61),
            event(11, 10, "TaskSubmitted", 62),
            event(12, 11, "TaskSucceeded", 4000),
            event(13, 12, "ChoiceStateEntered", 4000),
            event(14, 13, "TaskStateEntered", 4000),
            scheduled(15, 14, 4000, SYNC, '{"end": "finish"}'),
            event(16, 15, "TaskFailed", 4002),
            scheduled(17, 16, 4004, SYNC, '{"end": "finish"}'),
            event(18, 17, "TaskSucceeded", 4005),
        ]
    )

    assert history.transitions == 5  # four states, and one of them twice
    assert history.runs == (
        FunctionRun("", 1), FunctionRun("execution", 60), FunctionRun("", 1), FunctionRun("", 2), FunctionRun("", 1)
    )  # fmt: skip


def test_aws_is_priced_by_transitions_and_gigabyte_seconds_of_all_executions() -> None:
    one = History(40, (FunctionRun("execution", 60), FunctionRun("", 2)))
    machine, functions = paid_steps([one, one], load_aws_prices(), [], BEGIN)

    assert (machine.count, machine.micro_dollars) == (80, 2000)
    assert functions.count == 2 * (60 * 2 + 2 * 0.5)
    assert functions.micro_dollars == 3228  # 242 GB-seconds and four requests, rounded up


def session(**more: Any) -> SandboxSession:
    return SandboxSession(id="s", step="execution", began=BEGIN.isoformat(), lasts=3600, **more)


def sandbox(*sessions: SandboxSession, after: float = 0) -> tuple[float, int]:
    [*_, found] = paid_steps([], load_aws_prices(), sessions, BEGIN + timedelta(seconds=after))
    return found.count, found.micro_dollars


def test_an_hour_of_code_interpreter_costs_what_the_model_of_costs_says() -> None:
    half = session(seconds=1800, cpu_seconds=540, gigabytes=4)

    assert sandbox(half, half) == (3600, 64_650)


def test_a_session_that_nobody_ended_counts_as_if_all_of_it_were_in_use_until_aws_ends_it() -> None:
    minute = sandbox(session(), after=60)

    assert minute == (60, 4244)  # 2 vCPU and 8 GB for a minute
    assert sandbox(session(), after=9999) == sandbox(session(), after=3600) == (3600, 254_600)


def test_what_a_command_says_of_itself_counts_within_what_a_session_has() -> None:
    most = sandbox(session(seconds=60, cpu_seconds=1e9, gigabytes=1e9))

    assert most == sandbox(session(), after=60)
    assert sandbox(session(seconds=60)) == (60, 20)  # AWS takes an eighth of a gigabyte at the least


def test_without_a_sandbox_in_aws_there_is_no_line_for_one() -> None:
    assert [one.name for one in paid_steps([], load_aws_prices(), [], BEGIN)] == ["Step Functions", "Lambda"]


def test_memory_is_what_the_template_gives() -> None:
    default = template()["Globals"]["Function"]["MemorySize"]
    agents = {
        name.removesuffix("Agent").lower(): one["Properties" if "Properties" in one else "MemorySize"]
        for name, one in resources("AWS::Serverless::Function").items()
        if name.endswith("Agent") and "MemorySize" in one
    }

    assert MEGABYTES[""] == default
    assert {name: memory for name, memory in agents.items() if name in MEGABYTES} == {
        name: memory for name, memory in MEGABYTES.items() if name
    }
