"""Tools of one turn: side by side where they only read, in order where they do not, and never silently broken."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Event
from typing import Any

import pytest

from ferry.agentkit.executor import Executor
from ferry.agentkit.messages import ToolCall, ToolResult
from ferry.agentkit.screen import Screen
from ferry.agentkit.tool import Refused, Tool, ToolError, ToolInput
from ferry.domain.errors import NobodyWaits, NotFound, ToolCrashed, VendorUnavailable
from ferry.domain.messages.screened import REFUSED
from tests.fakes.clock import FakeClock


class Look(ToolInput):
    """Look."""

    at: int = 0


class Change(ToolInput):
    """Change."""

    to: int = 0


def calls(*given: tuple[str, int]) -> list[ToolCall]:
    fields = {"look": "at", "change": "to"}
    return [
        ToolCall(id=f"c{n}", name=name, input={fields.get(name, "x"): value}) for n, (name, value) in enumerate(given)
    ]


def executor(
    look: Callable[[Look], str] = lambda ask: f"saw {ask.at}",
    change: Callable[[Change], str] = lambda ask: f"changed {ask.to}",
    *,
    seconds: float = 60,
    still_wanted: Callable[[], object] = lambda: None,
    told: list[tuple[str, str]] | None = None,
    clock: FakeClock | None = None,
) -> Executor:
    tools: dict[str, Any] = {
        "look": Tool(Look, look, independent=True, seconds=seconds), "change": Tool(Change, change, seconds=seconds),
    }  # fmt: skip
    kept: list[tuple[str, str]] = [] if told is None else told
    return Executor(tools, Screen(lambda kind, what: kept.append((kind, what))), clock or FakeClock(), still_wanted)


def texts(results: tuple[ToolResult, ...]) -> list[str]:
    return [result.text.splitlines()[1] if not result.failed else result.text for result in results]


def test_reading_tools_run_side_by_side_and_answer_in_the_order_of_the_calls() -> None:
    together = Barrier(3)

    def look(ask: Look) -> str:
        together.wait(30)  # breaks, and with it the test, unless three are here at once
        return f"saw {ask.at}"

    results = executor(look).run(calls(("look", 3), ("look", 1), ("look", 2)))

    assert texts(results) == ["saw 3", "saw 1", "saw 2"]
    assert [result.id for result in results] == ["c0", "c1", "c2"]


def test_what_changes_something_waits_for_all_before_it_and_nothing_passes_it() -> None:
    seen: list[str] = []

    def note(what: str) -> str:
        seen.append(what)
        return what

    run = executor(lambda ask: note(f"look {ask.at}"), lambda ask: note(f"change {ask.to}"))
    run.run(calls(("look", 1), ("change", 2), ("change", 3), ("look", 4)))

    assert seen == ["look 1", "change 2", "change 3", "look 4"]


def test_a_failure_is_told_to_the_model_and_a_crash_is_a_named_error() -> None:
    def fail(_: Look) -> str:
        raise ToolError("there is no such file")

    [result] = executor(fail).run(calls(("look", 1)))
    assert (result.failed, result.text) == (True, "there is no such file")
    with pytest.raises(ToolCrashed, match="look crashed: KeyError"):
        executor(lambda _: {}["secret words"]).run(calls(("look", 1)))


@pytest.mark.parametrize("times", [1, 2])
def test_a_transient_error_of_a_reading_tool_is_tried_again_with_longer_pauses(times: int) -> None:
    clock, left = FakeClock(), [VendorUnavailable("away")] * times
    before = clock.now()

    def look(_: Look) -> str:
        if left:
            raise left.pop()
        return "saw"

    assert texts(executor(look, clock=clock).run(calls(("look", 1)))) == ["saw"]
    assert (clock.now() - before).total_seconds() == {1: 0.5, 2: 1.5}[times]


def test_an_error_that_stays_keeps_its_name() -> None:
    tried: list[int] = []

    def away(ask: Look) -> str:
        tried.append(ask.at)
        raise VendorUnavailable("away")

    with pytest.raises(VendorUnavailable):
        executor(away).run(calls(("look", 1)))
    assert len(tried) == 3


def test_what_changes_something_is_never_tried_again() -> None:
    tried: list[int] = []

    def away(ask: Change) -> str:
        tried.append(ask.to)
        raise VendorUnavailable("away")

    with pytest.raises(VendorUnavailable):
        executor(change=away).run(calls(("change", 1)))
    assert tried == [1]


def test_a_reading_tool_that_does_not_end_is_an_observation() -> None:
    go = Event()
    try:
        late, other = executor(lambda ask: str(go.wait(60)) if ask.at else "quick", seconds=0.2).run(
            calls(("look", 1), ("look", 0))
        )
        assert late.failed
        assert "look did not end within 0.2 s" in late.text
        assert not other.failed
    finally:
        go.set()


def test_a_changing_tool_that_does_not_end_ends_the_attempt() -> None:
    go = Event()
    try:
        with pytest.raises(ToolCrashed, match="what it changed is not known"):
            executor(change=lambda _: str(go.wait(60)), seconds=0.2).run(calls(("change", 1)))
    finally:
        go.set()


def test_a_stopped_step_waits_for_no_tool() -> None:
    go = Event()

    def stopped() -> None:
        raise NobodyWaits("stopped")

    try:
        with pytest.raises(NobodyWaits):
            executor(lambda _: str(go.wait(60)), seconds=0.2, still_wanted=stopped).run(calls(("look", 1)))
    finally:
        go.set()


def test_only_what_is_not_the_agents_to_do_is_counted_as_refused() -> None:
    told: list[tuple[str, str]] = []

    def refuse(ask: Look) -> str:
        raise Refused("not in the plan") if ask.at else ToolError("no such file")

    results = executor(refuse, told=told).run(calls(("look", 1), ("look", 0), ("approve", 1)))

    assert [result.failed for result in results] == [True, True, True]
    assert sorted(told) == [
        (REFUSED, "approve: there is no such tool; there are look, change"), (REFUSED, "look: not in the plan"),
    ]  # fmt: skip


def test_an_error_with_a_name_of_ours_flies() -> None:
    def gone(_: Look) -> str:
        raise NotFound("gone")

    with pytest.raises(NotFound):
        executor(gone).run(calls(("look", 1)))
