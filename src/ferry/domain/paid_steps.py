"""What AWS takes for a run beside the model's tokens: computed from what the engine remembers, not read off a bill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from ferry.domain.document import Document
from ferry.domain.ledger import MICRO

MEGABYTES: Mapping[str, int] = {"discovery": 1024, "planning": 1024, "execution": 2048, "cicd": 2048, "": 512}
"""Memory by agent as template.yaml gives it; "" is every other function."""
HOW = "computed from what engine and sandboxes remember, at list prices without free tiers; a bill may differ"
# One session of a Code Interpreter has so much at the most, and pays for so much memory at the least.
VCPUS, GIGABYTES, LEAST_GIGABYTES = 2.0, 8.0, 0.125


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


class SandboxSession(Document):
    """One session of a Code Interpreter. began: RFC 3339; lasts: seconds after which AWS ends it itself; seconds: None
    while nobody has ended it; cpu_seconds, gigabytes: what its commands used in all, and the most that was in use, as
    measured inside it, where nobody vouches for what a command says."""

    id: str
    step: str
    began: str
    lasts: float
    seconds: float | None = None
    cpu_seconds: float = Field(0, ge=0)
    gigabytes: float = Field(0, ge=0)

    def used(self, now: datetime) -> tuple[float, float, float]:
        """Seconds, vCPU-seconds and gigabyte-seconds; all that there is of one that was left open."""
        if self.seconds is None:
            seconds = min(self.lasts, max(0.0, (now - datetime.fromisoformat(self.began)).total_seconds()))
            return seconds, seconds * VCPUS, seconds * GIGABYTES
        memory = min(GIGABYTES, max(LEAST_GIGABYTES, self.gigabytes))
        return self.seconds, min(self.cpu_seconds, self.seconds * VCPUS), self.seconds * memory


class PaidStep(Document):
    """count: as AWS bills it, in `unit`."""

    name: str
    unit: str
    count: float
    micro_dollars: int

    @property
    def detail(self) -> str:
        """For a person: ``1,234.5 GB-seconds``."""
        return f"{self.count:,.{0 if self.count == int(self.count) else 1}f} {self.unit}"


def executions(newest: str, task_id: str) -> list[str]:
    """All of a task, by the name of its newest: ``…:FERRY-1-a``, ``…:FERRY-1-a-2`` and so on; none for ""."""
    if task_id not in newest:
        return []
    first = newest[: newest.rindex(task_id) + len(task_id)]
    last = int(newest.removeprefix(first).lstrip("-") or 1)
    return [first, *(f"{first}-{number}" for number in range(2, last + 1))]


def paid_steps(
    histories: Iterable[History], prices: AwsPrices, sessions: Iterable[SandboxSession], now: datetime
) -> tuple[PaidStep, ...]:
    """Of all executions of a task and of their sandboxes. What it did before and after them (webhooks, record) is under
    a thousandth of a cent each, and left out."""
    known = list(histories)
    runs = [run for history in known for run in history.runs]
    transitions = sum(history.transitions for history in known)
    gigabytes = sum(run.seconds * MEGABYTES.get(run.agent, MEGABYTES[""]) / 1024 for run in runs)
    money = gigabytes * prices.lambda_gb_second + len(runs) * prices.lambda_request
    return (
        _step("Step Functions", "transitions", transitions, transitions * prices.transition),
        _step("Lambda", "GB-seconds", gigabytes, money),
        *_interpreter(sessions, prices, now),
    )


def _interpreter(sessions: Iterable[SandboxSession], prices: AwsPrices, now: datetime) -> tuple[PaidStep, ...]:
    """Of all sessions together; none where there was none. AWS bills processor time in use and memory by the second."""
    used = [session.used(now) for session in sessions]
    if not used:
        return ()
    seconds, cpu, memory = (sum(part) for part in zip(*used, strict=True))
    money = (cpu * prices.interpreter_vcpu_hour + memory * prices.interpreter_gb_hour) / 3600
    return (_step("Code Interpreter", "seconds", seconds, money),)


def _step(name: str, unit: str, count: float, money: float) -> PaidStep:
    return PaidStep(name=name, unit=unit, count=round(count, 3), micro_dollars=-int(-money * MICRO // 1))
