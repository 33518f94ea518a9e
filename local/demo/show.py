"""Two ways to show the tree: alive in a terminal, or line by line where there is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.text import Text
from rich.tree import Tree

from local.demo.steps import State, Step

SIGNS = {State.RUNNING: "▸", State.WAITING: "?", State.DONE: "✓", State.FAILED: "✗"}
COLOURS = {State.RUNNING: "cyan", State.WAITING: "yellow", State.DONE: "green", State.FAILED: "red"}
WORTH_A_LINE_SECONDS = 5.0
"""A step that runs longer is announced where there is no terminal."""

NAME_WIDTH, TIME_WIDTH, GUIDE_WIDTH = 34, 8, 4


class View(Protocol):
    def show(self, steps: Sequence[Step], now: datetime) -> None: ...

    def paused(self) -> AbstractContextManager[None]:
        """Nothing is drawn inside, so that a question can be asked."""


class LiveView:
    """Redraws the whole tree in place."""

    def __init__(self, console: Console) -> None:
        self._live = Live(console=console, refresh_per_second=4, transient=False)

    def __enter__(self) -> LiveView:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def show(self, steps: Sequence[Step], now: datetime) -> None:
        root = Tree(Text("Ferry", style="bold"), guide_style="dim")
        for step in steps:
            _grow(root, step, now)
        self._live.update(root)

    @contextmanager
    def paused(self) -> Iterator[None]:
        self._live.transient = True
        self._live.stop()
        self._live.transient = False
        yield
        self._live.start()


class LineView:
    """One line when a step ends, one when it takes long; never the same twice, no colours, no cursor.

    Repositories may be at work at the same time, so a line below them carries their name.
    """

    def __init__(self, console: Console) -> None:
        self._console, self._told = console, set[tuple[str, bool]]()

    def __enter__(self) -> LineView:
        return self

    def __exit__(self, *_: object) -> None: ...

    def show(self, steps: Sequence[Step], now: datetime) -> None:
        for step in steps:
            self._tell(step, now)

    def paused(self) -> AbstractContextManager[None]:
        return nullcontext()

    def _tell(self, step: Step, now: datetime, above: tuple[str, ...] = ()) -> None:
        long = step.seconds(now) >= WORTH_A_LINE_SECONDS and not step.children
        if (step.children and not above) or (step.open and (long or step.state is State.WAITING)):
            self._once(step, now, above, ended=False)
        for child in step.children:
            self._tell(child, now, (*above, step.name))
        if not step.open:
            self._once(step, now, above, ended=True)

    def _once(self, step: Step, now: datetime, above: tuple[str, ...], *, ended: bool) -> None:
        if (step.key, ended) in self._told or (step.key, True) in self._told:
            return
        self._told.add((step.key, ended))
        sign = SIGNS[step.state] if ended or step.state is State.WAITING else SIGNS[State.RUNNING]
        seconds = f"{step.seconds(now):.1f} s" if ended else ""
        name = f"{'  ' if above else ''}{sign} {' '.join((*above[1:], step.name))}"
        note = step.note if ended or not step.children else ""
        line = f"{name:<{NAME_WIDTH}} {seconds:>{TIME_WIDTH}}  {note}".rstrip()
        self._console.print(line, soft_wrap=True, markup=False, highlight=False)


def view(console: Console) -> LiveView | LineView:
    return LiveView(console) if console.is_terminal else LineView(console)


def now() -> datetime:
    return datetime.now(UTC)


def _grow(branch: Tree, step: Step, at: datetime, width: int = 26) -> None:
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append(f"{SIGNS[step.state]} ", COLOURS[step.state])
    line.append(f"{step.name:<{width}}")
    line.append(f"{step.seconds(at):>{TIME_WIDTH}.1f} s  ", "bold" if step.open else "dim")
    line.append(step.note, "dim")
    grown = branch.add(line)
    for child in step.children:
        _grow(grown, child, at, width - GUIDE_WIDTH)
