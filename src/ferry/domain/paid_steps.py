"""What AWS takes for a run beside the model's tokens: computed from what the engine remembers, not read off a bill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ferry.domain.document import Document
from ferry.domain.ledger import MICRO

MEGABYTES: Mapping[str, int] = {"discovery": 1024, "planning": 1024, "execution": 2048, "cicd": 2048, "": 512}
"""Memory by agent as template.yaml gives it; "" is every other function."""
HOW = "computed from the engine's history at list prices, free tiers left out; a bill may differ"


class AwsPrices(Document):
    """In dollars; version: the day they were read."""

    version: str
    sources: tuple[str, ...]
    transition: float
    lambda_gb_second: float
    lambda_request: float
    interpreter_vcpu_hour: float
    interpreter_gb_hour: float


@dataclass(frozen=True)
class FunctionRun:
    """agent: whose function it was, "" for another; seconds: from its start to its answer."""

    agent: str
    seconds: float


@dataclass(frozen=True)
class History:
    """What one execution did so far. transitions: states entered and retries; runs: functions that it waited for."""

    transitions: int = 0
    runs: tuple[FunctionRun, ...] = ()


class PaidStep(Document):
    """count: as AWS bills it, in `unit`."""

    name: str
    unit: str
    count: float
    micro_dollars: int


def executions(newest: str, task_id: str) -> list[str]:
    """All of a task, by the name of its newest: ``…:FERRY-1-a``, ``…:FERRY-1-a-2`` and so on; none for ""."""
    if task_id not in newest:
        return []
    first = newest[: newest.rindex(task_id) + len(task_id)]
    last = int(newest.removeprefix(first).lstrip("-") or 1)
    return [first, *(f"{first}-{number}" for number in range(2, last + 1))]


def paid_steps(histories: Iterable[History], prices: AwsPrices) -> tuple[PaidStep, ...]:
    """Of all executions of a task. What it did before and after them (webhooks, record) is under a thousandth of a
    cent each, and left out."""
    known = list(histories)
    runs = [run for history in known for run in history.runs]
    transitions = sum(history.transitions for history in known)
    gigabytes = sum(run.seconds * MEGABYTES.get(run.agent, MEGABYTES[""]) / 1024 for run in runs)
    money = gigabytes * prices.lambda_gb_second + len(runs) * prices.lambda_request
    return (
        _step("Step Functions", "transitions", transitions, transitions * prices.transition),
        _step("Lambda", "GB-seconds", gigabytes, money),
    )


def interpreter_step(seconds: float, vcpu: float, gigabytes: float, prices: AwsPrices) -> PaidStep:
    """Sessions of AgentCore Code Interpreter. vcpu: in use on average; gigabytes: the most that was held."""
    each = vcpu * prices.interpreter_vcpu_hour + gigabytes * prices.interpreter_gb_hour
    return _step("Code Interpreter", "seconds", seconds, seconds / 3600 * each)


def _step(name: str, unit: str, count: float, money: float) -> PaidStep:
    return PaidStep(name=name, unit=unit, count=round(count, 3), micro_dollars=-int(-money * MICRO // 1))
