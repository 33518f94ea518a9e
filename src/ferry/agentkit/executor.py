"""The calls of one turn: those that only read run side by side, the others alone and in their order.

A failure is told to the model. A crash, or a call that changes something and does not end in time, ends the attempt by
a named error: nobody knows what it did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import groupby

from ferry.agentkit.messages import ToolCall, ToolResult
from ferry.agentkit.result import Submitted
from ferry.agentkit.screen import Screen
from ferry.agentkit.text import cut
from ferry.agentkit.tool import AnyTool, Noted, Refused, ToolError
from ferry.agentkit.untrusted import block
from ferry.domain.errors import FerryError, ToolCrashed, TransientError
from ferry.ports import Clock

SIDE_BY_SIDE, TRIES, FIRST_PAUSE, TICK = 4, 3, 0.5, 5.0


class Executor:
    """still_wanted: raises NobodyWaits once the step is stopped; asked about every few seconds while a tool runs."""

    def __init__(
        self, tools: Mapping[str, AnyTool], screen: Screen, clock: Clock, still_wanted: Callable[[], object]
    ) -> None:
        self._tools, self._screen, self._clock, self._still_wanted = tools, screen, clock, still_wanted

    def run(self, calls: Sequence[ToolCall]) -> tuple[ToolResult, ...]:
        """One result for each call, in the order of the calls. Submitted, ToolCrashed, and what tools raise."""
        groups = groupby(calls, key=self._independent)
        return tuple(result for alike, group in groups for result in self._group(list(group), side_by_side=alike))

    def _group(self, calls: Sequence[ToolCall], *, side_by_side: bool) -> Iterator[ToolResult]:
        pool = ThreadPoolExecutor(SIDE_BY_SIDE if side_by_side else 1, "tool")
        try:
            started = [(call, pool.submit(self._call, call)) for call in calls] if side_by_side else []
            for call, future in started:
                yield self._ended(call, future)
            for call in () if side_by_side else calls:
                yield self._ended(call, pool.submit(self._call, call))
        finally:
            # A thread cannot be killed: whoever is late is left behind, and its answer goes nowhere.
            pool.shutdown(wait=False, cancel_futures=True)

    def _ended(self, call: ToolCall, future: Future[ToolResult]) -> ToolResult:
        left = seconds = self._tools[call.name].seconds if call.name in self._tools else TICK
        while not wait([future], min(TICK, left)).done:
            self._still_wanted()
            left -= TICK
            if left <= 0:
                return self._late(call, seconds)
        return future.result()

    def _late(self, call: ToolCall, seconds: float) -> ToolResult:
        what = f"{call.name} did not end within {seconds:g} s"
        if not self._independent(call):
            raise ToolCrashed(f"{what}; what it changed is not known, so the attempt ends; retry, or give it more time")
        return ToolResult(id=call.id, text=f"{what}; ask for less", failed=True)

    def _call(self, call: ToolCall) -> ToolResult:
        try:
            said = self._output(call)
            notes = said.notes if isinstance(said, Noted) else ()
            return ToolResult(id=call.id, text=block(call.name, cut(said)), notes=notes)
        except ToolError as error:
            notes = (self._screen.refused(call, str(error)),) if isinstance(error, Refused) else ()
            return ToolResult(id=call.id, text=cut(str(error)), failed=True, notes=notes)
        except (FerryError, Submitted):
            raise
        except Exception as error:
            raise ToolCrashed(f"{call.name} crashed: {type(error).__name__}; see the log, then retry") from error

    def _output(self, call: ToolCall) -> str:
        if call.name not in self._tools:
            raise Refused(f"there is no such tool; there are {', '.join(self._tools)}")
        self._screen.call(call)
        tool, pause = self._tools[call.name], FIRST_PAUSE
        for _ in range(TRIES - 1 if tool.independent else 0):
            try:
                return tool.call(call.input)
            except TransientError:
                self._clock.sleep(pause)
                pause *= 2
        return tool.call(call.input)

    def _independent(self, call: ToolCall) -> bool:
        return call.name in self._tools and self._tools[call.name].independent
