"""Relevance by Amazon Bedrock AgentCore Memory, over the record of truth, which alone says what there is (ADR 0014).

Its records are a copy of the lessons that models may read, one namespace per repository. Whatever is not as in the
record is put right with the next change; until then, and while AgentCore does not answer, words find lessons.
https://docs.aws.amazon.com/bedrock-agentcore/latest/APIReference/API_RetrieveMemoryRecords.html
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from ferry.adapters.agentcore.memory_records import Content, Record, Records
from ferry.domain.document import digest
from ferry.domain.errors import FerryError
from ferry.domain.lesson import Lesson
from ferry.domain.relevance import relevant
from ferry.ports.memory import Kept, Memory, Recall

QUERY = 10_000
BY_WORDS = "found by words alone"
LATER = "AgentCore Memory gets it with the next change of this repository's lessons"
logger = logging.getLogger("ferry.memory")


class AgentCoreMemory:
    """`Memory`. truth: the record, whose answers are never contradicted."""

    def __init__(self, truth: Memory, client: Any, memory_id: str) -> None:
        self._truth, self._records = truth, Records(client, memory_id)

    def remember(self, lesson: Lesson) -> Kept:
        return self._copied(lesson.repo, self._truth.remember(lesson))

    def lessons(self, repo: str) -> list[Lesson]:
        return self._truth.lessons(repo)

    def edit(self, repo: str, id: str, change: Callable[[Lesson], Lesson]) -> Kept:
        return self._copied(repo, self._truth.edit(repo, id, change))

    def forget(self, repo: str, id: str) -> Kept:
        return self._copied(repo, self._truth.forget(repo, id))

    def used(self, repo: str, ids: Collection[str], at: str) -> None:
        self._truth.used(repo, ids, at)

    def recall(self, repo: str, text: str, paths: Collection[str], limit: int) -> Recall:
        usable = self._usable(repo)
        if not usable:
            return Recall()
        try:
            found = self._ranked(repo, "\n".join((text[: QUERY // 2], *sorted(paths)))[:QUERY], usable)
        except FerryError as error:
            return self._by_words(usable, text, paths, limit, f"AgentCore Memory did not answer: {error}")
        if missing := len(usable) - len(found):
            why = f"AgentCore Memory does not show {missing} of {len(usable)} lessons as they are yet"
            return self._by_words(usable, text, paths, limit, why)
        return Recall(tuple(found[:limit]))

    def _usable(self, repo: str) -> dict[str, Lesson]:
        return {one.id: one for one in self._truth.lessons(repo) if not one.kept_back}

    def _ranked(self, repo: str, query: str, usable: Mapping[str, Lesson]) -> list[Lesson]:
        """Only what the record holds, in its words: a record of other words says nothing about these."""
        hits = self._records.retrieve(namespace(repo), query)
        same = (hit.lesson for hit in hits if hit.lesson in usable and hit.digest == _digest(usable[hit.lesson]))
        return [usable[id] for id in dict.fromkeys(same)]

    def _by_words(
        self, usable: Mapping[str, Lesson], text: str, paths: Collection[str], limit: int, why: str
    ) -> Recall:
        logger.warning("%s", why)
        return Recall(tuple(relevant(list(usable.values()), text, paths)[:limit]), f"{BY_WORDS}: {why}")

    def _copied(self, repo: str, kept: Kept) -> Kept:
        """The change holds already; that its copy could not be made is said, and is no failure."""
        try:
            self._put_right(repo)
        except FerryError as error:
            logger.warning("a copy of the lessons of %s could not be made: %s", repo, error)
            return replace(kept, note=f"{LATER} ({type(error).__name__})")
        return kept

    def _put_right(self, repo: str) -> None:
        """Make the namespace what the record says; whatever an earlier change left behind or made twice goes too."""
        wanted, place = self._usable(repo), namespace(repo)
        there: dict[str, Record] = {}
        gone: list[str] = []
        for record in self._records.every(place):
            if record.lesson not in wanted or record.lesson in there:
                gone.append(record.id)
            else:
                there[record.lesson] = record
        self._records.delete(place, gone)
        changed = {id: record for id, record in there.items() if record.digest != _digest(wanted[id])}
        self._records.update(place, {record.id: _content(wanted[id]) for id, record in changed.items()})
        self._records.create(place, [_content(one) for id, one in wanted.items() if id not in there])


def namespace(repo: str) -> str:
    """``/repositories/acme/pricing-0a1b2c3d/lessons/``: of that repository alone, also where names differ in signs that
    a namespace cannot have, and closed by a slash, because AgentCore once matched namespaces by how they begin."""
    return f"/repositories/{re.sub(r'[^A-Za-z0-9/_-]', '_', repo)}-{digest(repo)[:8]}/lessons/"


def _content(one: Lesson) -> Content:
    return Content(one.id, _digest(one), _words(one), one.edited_at or one.origin.at)


def _words(one: Lesson) -> str:
    return "\n".join((one.text, *one.paths))


def _digest(one: Lesson) -> str:
    return digest(_words(one))[:32]
