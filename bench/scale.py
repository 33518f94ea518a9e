"""Tasks at once on the embedded stack: 1,000 that wait at approval (real requests), then 100 whose agent runs

One process holds the engine, the record, the stand-ins and this bench; agents are silent. Growth must be flat. CPU is
this process's own, which others on the machine disturb less than they do the time on the clock."""

from __future__ import annotations

import gc
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.seeds import Seeds
from bench.storm.run import AGENTS, ENVIRONMENT
from ferry.domain.task import TaskStatus
from local.checkout import linked
from local.stack import Stack, StackSettings, start_stack

WAITING, RUNNING, STEP = 1000, 100, 100
WAKES = 10
PATIENCE = 120.0


@dataclass(frozen=True)
class Point:
    """After `tasks` in all: the process's memory in MiB, its threads, and what a task took since the point before."""

    tasks: int
    memory: float
    threads: int
    took: Took


@dataclass(frozen=True)
class Took:
    """Seconds on the clock, and of this process's CPU."""

    clock: float
    cpu: float

    def __truediv__(self, tasks: int) -> Took:
        return Took(self.clock / tasks, self.cpu / tasks)

    def __str__(self) -> str:
        return f"{self.clock * 1000:5.0f} ms ({self.cpu * 1000:.0f} ms CPU) a task"


def lines(waiting: int = WAITING, running: int = RUNNING, step: int = STEP) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        settings = StackSettings(
            root=linked(Path(folder), "bench"),
            environment={**ENVIRONMENT, "APPROVAL_TIMEOUT_SECONDS": "86400"},
            handlers=dict.fromkeys(AGENTS, "bench.silent.handler"),
        )
        stack = start_stack(settings)
        try:
            yield from _lines(Seeds(stack), stack, waiting, running, step)
        finally:
            stack.stop()


def _lines(seeds: Seeds, stack: Stack, waiting: int, running: int, step: int) -> Iterator[str]:
    _sown(seeds, "WARM", range(step), "approve", TaskStatus.AWAITING_APPROVAL)
    early = _wake(seeds, "WARM")
    points = [_point(step, Took(0, 0))]
    yield _told(points[-1], "warm")
    for first in range(0, waiting, step):
        took = _sown(seeds, "WAIT", range(first, first + step), "approve", TaskStatus.AWAITING_APPROVAL)
        points.append(_point(step + first + step, took / step))
        yield _told(points[-1], "waiting")
    yield from _growth(points)
    _sown(seeds, "RUN", range(running), "approve", TaskStatus.AWAITING_APPROVAL)
    took = _approved(seeds, "RUN", running)
    everything = step + waiting + running
    yield _told(_point(everything, took / running), f"{running} of them running")
    yield f"  at once: {_at_once(seeds, stack)}"
    late = _wake(seeds, "WAIT")
    yield f"  waking one takes {early * 1000:.0f} ms among {step}, {late * 1000:.0f} ms among {everything}"


def _sown(seeds: Seeds, name: str, numbers: range, resume_from: str, status: TaskStatus) -> Took:
    """Until all of them are in `status`."""
    begun, cpu = time.monotonic(), time.process_time()

    def sow(number: int) -> str:
        return seeds.sow(f"{name}-{number}", 10_000 + number, resume_from=resume_from)

    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(sow, numbers))
    _until(seeds, ids, status)
    return Took(time.monotonic() - begun, time.process_time() - cpu)


def _until(seeds: Seeds, ids: Iterable[str], status: TaskStatus) -> None:
    """At the gate, until the machine waits as well."""
    begun = time.monotonic()
    for id in ids:
        while not (seeds.all_in([id], status) and (status is not TaskStatus.AWAITING_APPROVAL or seeds.waits(id))):
            assert time.monotonic() - begun < PATIENCE, f"{id} does not get to {status}"
            time.sleep(0.05)


def _at_once(seeds: Seeds, stack: Stack) -> str:
    """What the record says of the tasks, and the engine of their executions."""
    pages = stack.clients("stepfunctions").get_paginator("list_executions")
    machine = stack.info["state_machines"]["delivery"]
    live = sum(len(page["executions"]) for page in pages.paginate(stateMachineArn=machine, statusFilter="RUNNING"))
    counted = Counter(str(task.status) for task in seeds.store.tasks())
    return ", ".join(f"{count} {status}" for status, count in counted.most_common()) + f"; {live} executions running"


def _approved(seeds: Seeds, name: str, count: int) -> Took:
    """Until all of them are executed."""
    begun, cpu = time.monotonic(), time.process_time()
    ids = [f"{name}-{number}-seed" for number in range(count)]
    for id in ids:
        seeds.approve(id)
    _until(seeds, ids, TaskStatus.EXECUTING)
    return Took(time.monotonic() - begun, time.process_time() - cpu)


def _wake(seeds: Seeds, name: str) -> float:
    """Median seconds of SendTaskSuccess for tasks that wait."""
    return median(seeds.approve(f"{name}-{number}-seed") for number in range(WAKES))


def _point(tasks: int, took: Took) -> Point:
    gc.collect()
    return Point(tasks, _memory(), threading.active_count(), took)


def _memory() -> float:
    """Resident, in MiB; Linux alone says it for now and not for the most there ever was."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1024


def _told(point: Point, what: str) -> str:
    pace = point.took if point.took.clock else ""
    return f"  {point.tasks:5} tasks  {point.memory:7.0f} MiB  {point.threads:5} threads  {pace!s:>29}   {what}"


def _growth(points: Sequence[Point]) -> Iterator[str]:
    half = len(points) // 2
    for what, some in (("first", points[: half + 1]), ("second", points[half:])):
        grown = (some[-1].memory - some[0].memory) / (some[-1].tasks - some[0].tasks) * 1024
        pace = Took(*(median(part) for part in zip(*((one.took.clock, one.took.cpu) for one in some[1:]), strict=True)))
        yield f"  {what:>6} half: {grown:5.0f} KiB, {pace}"


if __name__ == "__main__":
    print(__doc__)
    for line in lines():
        print(line, flush=True)
