"""Tasks at once on the embedded stack: 1,000 that wait at approval (real requests), then 100 whose agent runs

One process holds the engine, the record, the stand-ins and this bench; agents are silent. Growth must be flat."""

from __future__ import annotations

import gc
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
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
    """After `tasks` in all: the process's memory in MiB, its threads, and seconds per task since the point before."""

    tasks: int
    memory: float
    threads: int
    seconds: float


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
    early = _wake(seeds, stack, "WARM")
    points = [_point(step, 0)]
    yield _told(points[-1], "warm")
    for first in range(0, waiting, step):
        seconds = _sown(seeds, "WAIT", range(first, first + step), "approve", TaskStatus.AWAITING_APPROVAL)
        points.append(_point(step + first + step, seconds / step))
        yield _told(points[-1], "waiting")
    yield from _growth(points)
    seconds = _sown(seeds, "RUN", range(running), "execute", TaskStatus.EXECUTING)
    everything = step + waiting + running
    yield _told(_point(everything, seconds / running), f"{running} of them running")
    late = _wake(seeds, stack, "WAIT")
    yield f"  waking one takes {early * 1000:.0f} ms among {step}, {late * 1000:.0f} ms among {everything}"


def _sown(seeds: Seeds, name: str, numbers: range, resume_from: str, status: TaskStatus) -> float:
    """Seconds until all of them are in `status`."""
    begun = time.monotonic()

    def sow(number: int) -> str:
        return seeds.sow(f"{name}-{number}", 10_000 + number, resume_from=resume_from)

    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(sow, numbers))
    while not seeds.all_in(ids, status):
        assert time.monotonic() - begun < PATIENCE, f"tasks of {name} do not get to {status}"
        time.sleep(0.05)
    return time.monotonic() - begun


def _wake(seeds: Seeds, stack: Stack, name: str) -> float:
    """Median seconds of SendTaskSuccess for tasks that wait."""
    client = stack.clients("stepfunctions")

    def timed(id: str) -> float:
        token = seeds.gate.token(seeds.gate.approvals(id)[-1])
        begun = time.monotonic()
        client.send_task_success(taskToken=token, output='{"decision": "approved", "reason": ""}')
        return time.monotonic() - begun

    return median(timed(f"{name}-{number}-seed") for number in range(WAKES))


def _point(tasks: int, seconds: float) -> Point:
    gc.collect()
    return Point(tasks, _memory(), threading.active_count(), seconds)


def _memory() -> float:
    """Resident, in MiB; Linux alone says it for now and not for the most there ever was."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1024


def _told(point: Point, what: str) -> str:
    pace = f"{point.seconds * 1000:6.0f} ms a task" if point.seconds else " " * 16
    return f"  {point.tasks:5} tasks  {point.memory:7.0f} MiB  {point.threads:5} threads {pace}   {what}"


def _growth(points: Sequence[Point]) -> Iterator[str]:
    half = len(points) // 2
    for what, some in (("first", points[: half + 1]), ("second", points[half:])):
        grown = (some[-1].memory - some[0].memory) / (some[-1].tasks - some[0].tasks) * 1024
        pace = median(point.seconds for point in some[1:]) * 1000
        yield f"  {what:>6} half: {grown:5.0f} KiB a task, {pace:5.0f} ms a task"


if __name__ == "__main__":
    print(__doc__)
    for line in lines():
        print(line, flush=True)
