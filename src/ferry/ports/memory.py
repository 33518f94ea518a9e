"""What was learnt about each repository (docs/memory.md)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from ferry.domain.lesson import Lesson


@dataclass(frozen=True)
class Kept:
    """What became of a write. new: False when the same was taught before, also when it was forgotten since; gone:
    lessons that made room; note: what could not be done at once, in words, "" when all was."""

    lesson: Lesson
    new: bool = True
    gone: tuple[Lesson, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Recall:
    """lessons: best first; note: why they were found in another way than configured, "" when they were not."""

    lessons: tuple[Lesson, ...] = ()
    note: str = ""


class Memory(Protocol):
    """A change holds at once: what was edited or forgotten is never recalled as it was."""

    def remember(self, lesson: Lesson) -> Kept:
        """Keep it, once for its id; the least useful of its repository make room beyond `lesson.MOST`."""

    def recall(self, repo: str, text: str, paths: Collection[str], limit: int) -> Recall:
        """Lessons of `repo` that matter for work described by `text` on files `paths`; none that is kept back."""

    def lessons(self, repo: str) -> list[Lesson]:
        """All, newest first, also what is kept back."""

    def edit(self, repo: str, id: str, change: Callable[[Lesson], Lesson]) -> Kept:
        """NotFound when there is none; `change` may be called again when somebody else wrote meanwhile."""

    def forget(self, repo: str, id: str) -> Kept:
        """NotFound when there is none. What taught it does not teach it again."""

    def used(self, repo: str, ids: Collection[str], at: str) -> None:
        """These were put before people with a plan; an id that is not there is passed over."""
