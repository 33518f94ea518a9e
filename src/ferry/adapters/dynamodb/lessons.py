"""Lessons: ``LESSON#owner/name / LESSON#id``. A forgotten one leaves its key for a while, without any of its words."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress

from ferry.adapters.dynamodb.table import Item, Table
from ferry.domain.errors import Conflict, NotFound
from ferry.domain.lesson import Lesson, superfluous
from ferry.domain.relevance import relevant
from ferry.ports.memory import Kept, Recall

ATTEMPTS = 5
KEEP_SECONDS = 400 * 86400
NEW = "attribute_not_exists(pk)"


class DynamoMemory(Table):
    """`Memory`: the record of truth, and relevance by words."""

    def remember(self, lesson: Lesson) -> Kept:
        try:
            self._put(_item(lesson, 1), NEW)
        except Conflict:
            return Kept(lesson, new=False)
        gone = superfluous(self.lessons(lesson.repo))
        for one in gone:
            self._forget(one)
        return Kept(lesson, gone=gone)

    def recall(self, repo: str, text: str, paths: Collection[str], limit: int) -> Recall:
        usable = [one for one in self.lessons(repo) if not one.kept_back]
        return Recall(tuple(relevant(usable, text, paths)[:limit]))

    def lessons(self, repo: str) -> list[Lesson]:
        found = [_lesson(item) for item in self._query(_pk(repo), "LESSON#") if "data" in item]
        return sorted(found, key=lambda one: (one.origin.at, one.id), reverse=True)

    def edit(self, repo: str, id: str, change: Callable[[Lesson], Lesson]) -> Kept:
        for _ in range(ATTEMPTS):
            item = self._item(repo, id)
            after, version = change(_lesson(item)), int(item["version"])
            try:
                self._put(_item(after, version + 1), "version = :version", version=version)
            except Conflict:
                continue
            return Kept(after)
        raise Conflict(f"lesson {id} of {repo} is being changed by too many at once")

    def forget(self, repo: str, id: str) -> Kept:
        lesson = _lesson(self._item(repo, id))
        self._forget(lesson)
        return Kept(lesson)

    def used(self, repo: str, ids: Collection[str], at: str) -> None:
        for one in self.lessons(repo):
            if one.id in ids and one.used_at < at:
                with suppress(NotFound):
                    self.edit(repo, one.id, lambda lesson: lesson.model_copy(update={"used_at": at}))

    def _item(self, repo: str, id: str) -> Item:
        item = self._get(_pk(repo), f"LESSON#{id}")
        if item is None or "data" not in item:
            raise NotFound(f"{repo} has no lesson {id}")
        return item

    def _forget(self, lesson: Lesson) -> None:
        expires = int(self._clock.now().timestamp()) + KEEP_SECONDS
        self._put({"pk": _pk(lesson.repo), "sk": f"LESSON#{lesson.id}", "version": 0, "expires": expires})


def _pk(repo: str) -> str:
    return f"LESSON#{repo}"


def _item(lesson: Lesson, version: int) -> Item:
    key = {"pk": _pk(lesson.repo), "sk": f"LESSON#{lesson.id}"}
    return {**key, "data": lesson.model_dump_json(), "version": version}


def _lesson(item: Item) -> Lesson:
    return Lesson.read(item["data"], f"record {item['pk']} {item['sk']}")
