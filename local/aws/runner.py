"""Runs Lambda functions: a pool of processes per function, synchronous and queued invocations."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from local.aws.functions import Function, FunctionProcess
from local.aws.runtime_api import Answer

LOG = logging.getLogger(__name__)
MAX_PROCESSES = 8
"""Per function; further invocations of it wait for a free process."""

_RETRY_SECONDS = 0.2
"""Lambda waits a minute before the first retry of a queued invocation; nobody waits that long at a laptop."""


_STOPPING = Answer(b'{"errorType": "Lambda.ServiceException", "errorMessage": "the stack is stopping"}', "Unhandled")


class UnknownFunctionError(KeyError):
    """No function of this name was registered."""


class _Pool:
    def __init__(self, function: Function) -> None:
        self.function = function
        self._slots = threading.Semaphore(MAX_PROCESSES)
        self._lock = threading.Lock()
        self._idle: list[FunctionProcess] = []
        self._all: set[FunctionProcess] = set()
        self._closed = False

    def invoke(self, payload: bytes) -> Answer:
        with self._slots:
            process = self._take()
            if process is None:
                return _STOPPING
            try:
                return process.invoke(payload)
            finally:
                self._give_back(process)

    def warm(self) -> None:
        if process := self._take():
            process.wait_until_ready()
            self._give_back(process)

    def close(self) -> None:
        """No process runs after this, and none starts."""
        with self._lock:
            self._closed = True
        self.kill()

    def kill(self) -> int:
        with self._lock:
            processes = [process for process in self._all if process.alive]
        for process in processes:
            process.kill()
        return len(processes)

    def _take(self) -> FunctionProcess | None:
        with self._lock:
            if self._closed:
                return None
            while self._idle:
                process = self._idle.pop()
                if process.alive:
                    return process
                self._all.discard(process)
            process = FunctionProcess(self.function)
            self._all.add(process)
            return process

    def _give_back(self, process: FunctionProcess) -> None:
        with self._lock:
            if process.alive:
                self._idle.append(process)
            else:
                self._all.discard(process)


class Runner:
    """Functions by name; a name may also be given as an ARN, with or without a qualifier."""

    def __init__(self) -> None:
        self._pools: dict[str, _Pool] = {}
        self._background = ThreadPoolExecutor(max_workers=16, thread_name_prefix="event-invoke")
        self._stopping = threading.Event()

    def register(self, function: Function) -> None:
        self._pools[function.name] = _Pool(function)

    def set_retries(self, name: str, retries: int) -> None:
        """How often a failed queued invocation is tried again: EventInvokeConfig's MaximumRetryAttempts."""
        pool = self._pool(name)
        pool.function = replace(pool.function, retries=retries)

    def names(self) -> list[str]:
        return sorted(self._pools)

    def function(self, name: str) -> Function:
        return self._pool(name).function

    def invoke(self, name: str, payload: bytes) -> Answer:
        """`UnknownFunctionError` for a name that is not registered; a failing function is an `Answer` with `error`."""
        return self._pool(name).invoke(payload or b"{}")

    def invoke_event(self, name: str, payload: bytes) -> None:
        """Queue it: tried again as often as the function's EventInvokeConfig says, then logged as failed."""
        pool = self._pool(name)
        self._background.submit(self._until_it_works, pool, payload or b"{}")

    def warm(self, names: Iterable[str]) -> None:
        """Start these functions' processes in the background, a few at a time."""
        starter = ThreadPoolExecutor(max_workers=2, thread_name_prefix="warm")
        for name in names:
            starter.submit(self._pool(name).warm)
        starter.shutdown(wait=False)

    def kill(self, name: str) -> int:
        """SIGKILL this function's running processes; answers how many there were."""
        return self._pool(name).kill()

    def stop(self) -> None:
        self._stopping.set()
        self._background.shutdown(wait=False, cancel_futures=True)
        for pool in self._pools.values():
            pool.close()

    def _pool(self, name: str) -> _Pool:
        pool = self._pools.get(plain_name(name))
        if pool is None:
            raise UnknownFunctionError(name)
        return pool

    def _until_it_works(self, pool: _Pool, payload: bytes) -> None:
        for attempt in range(pool.function.retries + 1):
            answer = pool.invoke(payload)
            if not answer.error:
                return
            kind = answer.payload[:200].decode(errors="replace")
            LOG.warning("event invocation of %s failed, attempt %d: %s", pool.function.name, attempt + 1, kind)
            if self._stopping.wait(_RETRY_SECONDS):
                return


def plain_name(name: str) -> str:
    """``arn:…:function:f:live``, ``f:live`` and ``f`` all name ``f``."""
    if name.startswith("arn:"):
        return name.split(":")[6]
    return name.split(":")[0]
