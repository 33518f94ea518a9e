"""Lessons in memory; passes the same contract test as DynamoDB and AgentCore."""

from __future__ import annotations

from collections.abc import Callable, Collection

from ferry.domain.errors import NotFound
from ferry.domain.lesson import Lesson, superfluous
from ferry.domain.relevance import relevant
from ferry.ports.memory import Kept, Recall


class FakeMemory:
    """note: what a recall says of how it was done."""

    def __init__(self, note: str = "") -> None:
        self.kept: dict[tuple[str, str], Lesson | None] = {}
        self.note = note

    def remember(self, lesson: Lesson) -> Kept:
        if (lesson.repo, lesson.id) in self.kept:
            return Kept(lesson, new=False)
        self.kept[lesson.repo, lesson.id] = lesson
        gone = superfluous(self.lessons(lesson.repo))
        for one in gone:
            self.forget(one.repo, one.id)
        return Kept(lesson, gone=gone)

    def recall(self, repo: str, text: str, paths: Collection[str], limit: int) -> Recall:
        usable = [one for one in self.lessons(repo) if not one.kept_back]
        return Recall(tuple(relevant(usable, text, paths)[:limit]), self.note)

    def lessons(self, repo: str) -> list[Lesson]:
        found = [one for one in self.kept.values() if one and one.repo == repo]
        return sorted(found, key=lambda one: (one.origin.at, one.id), reverse=True)

    def edit(self, repo: str, id: str, change: Callable[[Lesson], Lesson]) -> Kept:
        after = change(self._known(repo, id))
        self.kept[repo, id] = after
        return Kept(after)

    def forget(self, repo: str, id: str) -> Kept:
        lesson = self._known(repo, id)
        self.kept[repo, id] = None
        return Kept(lesson)

    def used(self, repo: str, ids: Collection[str], at: str) -> None:
        for one in self.lessons(repo):
            if one.id in ids and one.used_at < at:
                self.kept[repo, one.id] = one.model_copy(update={"used_at": at})

    def _known(self, repo: str, id: str) -> Lesson:
        if lesson := self.kept.get((repo, id)):
            return lesson
        raise NotFound(f"{repo} has no lesson {id}")
