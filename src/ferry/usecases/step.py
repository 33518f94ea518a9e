"""One agent step: do the work, keep the engine waiting, answer once."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ferry.domain.errors import TransientError
from ferry.ports import Clock, WorkflowEngine

Work = Callable[[], Mapping[str, Any]]
PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds between tries to answer: nobody else has the result of minutes or hours of work."""


def answer(token: str, work: Work, *, engine: WorkflowEngine, clock: Clock, heartbeat_seconds: float) -> None:
    """Run `work` and give its result, or its error's class name, to whoever waits for `token`.

    A heartbeat is sent three times per `heartbeat_seconds`. Every exception is reported before it flies on: an agent
    that died silently would leave the machine waiting for its heartbeat to run out. TransientError when the engine
    could not be told in all the tries.
    """
    with _Heartbeat(engine, token, heartbeat_seconds / 3):
        try:
            output = work()
        except BaseException as error:
            _tell(partial(engine.fail, token, type(error).__name__, cause(error)), clock)
            raise
        _tell(partial(engine.succeed, token, output), clock)


def cause(error: BaseException) -> str:
    """Lambda's own form of an error, so that one reader serves both kinds of failure."""
    return json.dumps({"errorType": type(error).__name__, "errorMessage": str(error)[:8000]})


def _tell(say: Callable[[], bool], clock: Clock) -> None:
    for pause in PAUSES:
        try:
            say()
        except TransientError:
            clock.sleep(pause)
        else:
            return
    say()


class _Heartbeat:
    def __init__(self, engine: WorkflowEngine, token: str, every: float) -> None:
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, args=(engine, token, every), daemon=True)

    def _beat(self, engine: WorkflowEngine, token: str, every: float) -> None:
        while not self._done.wait(every):
            # One lost beat does no harm, the next comes in time; a dead thread would let the step time out.
            with contextlib.suppress(TransientError):
                if not engine.heartbeat(token):
                    return

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join(timeout=5)
