"""What a verb is to the command line: a function of arguments and world that gives both forms of its answer."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ferry.domain.errors import NotFound
from ferry.domain.task import Task
from ferry.usecases.world import World

NUMBER = re.compile(r"\$?[\d,]+(?:\.\d+)?(?: %)?")


@dataclass(frozen=True)
class Answer:
    """data: what ``--json`` prints; text: the same for a person; code: 0 yes, 1 no."""

    data: Any
    text: str
    code: int = 0


Run = Callable[[argparse.Namespace, World], Answer]


def known_task(id: str, world: World) -> Task:
    """NotFound, with the ids that look alike."""
    try:
        return world.store.task(id)
    except NotFound:
        raise unknown("task", id, [task.id for task in world.store.tasks()]) from None


def unknown(what: str, name: str, known: list[str]) -> NotFound:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    remedy = f"did you mean {' or '.join(near)}?" if near else "see `python -m ferry list`"
    return NotFound(f"there is no {what} {name}; {remedy}")


def columns(rows: list[tuple[str, ...]]) -> str:
    """The head first. Columns two spaces apart, those of numbers to the right, all others to the left."""
    justified = [_justified(column) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(row).rstrip() for row in zip(*justified, strict=True))


def _justified(column: Sequence[str]) -> list[str]:
    width, (_, *body) = max(map(len, column)), column
    right = any(body) and all(NUMBER.fullmatch(cell) for cell in body if cell)
    return [cell.rjust(width) if right else cell.ljust(width) for cell in column]
