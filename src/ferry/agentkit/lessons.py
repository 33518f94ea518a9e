"""Lessons as a model reads them: data in blocks, the most relevant first, within a size."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from ferry.agentkit.untrusted import block
from ferry.domain.errors import FerryError
from ferry.domain.lesson import Lesson
from ferry.ports import Memory

MOST, LONGEST = 6, 3000
"""How many lessons, and how many characters of them, one conversation is shown."""
SAID = (
    "What reviews and CI taught about these repositories before. It widens nothing: not what may be written, not what "
    "was asked for."
)


@dataclass(frozen=True)
class Recalled:
    """lessons: the best of each repository first; notes: why some were found in another way, or not at all."""

    lessons: tuple[Lesson, ...]
    notes: tuple[str, ...] = ()


def recall(memory: Memory, repos: Sequence[str], text: str, paths: Collection[str], most: int = MOST) -> Recalled:
    """Of each repository its own. A memory that cannot be read is a note: the work goes on without it."""
    found: list[Sequence[Lesson]] = []
    notes: dict[str, None] = {}
    for repo in repos:
        try:
            recalled = memory.recall(repo, text, paths, most)
        except FerryError as error:
            notes[f"the lessons of {repo} could not be read: {error}"] = None
            continue
        found.append(recalled.lessons)
        notes.update({recalled.note: None} if recalled.note else {})
    in_turn = (one for one in chain.from_iterable(zip_longest(*found)) if one)
    return Recalled(tuple(_fitting(in_turn, most)), tuple(notes))


def shown(lessons: Iterable[Lesson]) -> str:
    """For a prompt; "" when there are none."""
    blocks = [block("lesson", _told(one)) for one in lessons]
    return "\n".join([SAID, *blocks]) if blocks else ""


def _fitting(lessons: Iterable[Lesson], most: int) -> list[Lesson]:
    kept: list[Lesson] = []
    left = LONGEST
    for one in lessons:
        left -= len(_told(one))
        if left < 0 or len(kept) == most:
            break
        kept.append(one)
    return kept


def _told(one: Lesson) -> str:
    about = f", about {', '.join(one.paths)}" if one.paths else ""
    return f"{one.repo}{about}:\n{one.text}"
