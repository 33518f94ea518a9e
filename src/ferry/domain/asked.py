"""A change to a pull request that a person asked for: in one comment, or in the threads of a review."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.document import Document


class AskedThread(Document):
    """One thread of a review. id: of its first comment, to answer under; line: 0 when it is gone; text: untrusted."""

    id: int
    path: str
    line: int
    text: str


class Asked(Document):
    """id: of the request, from its delivery; by: who asked; kind: fix or review; text: what to change, untrusted;
    threads: of a review, each of which wants an answer of its own."""

    id: str
    by: str
    kind: str
    text: str
    threads: tuple[AskedThread, ...] = ()

    @property
    def words(self) -> str:
        """All that was asked, each thread under its number among them, from 1: by that it is answered."""
        places = (f"thread {n}, at {one.path}, line {one.line}:\n{one.text}" for n, one in enumerate(self.threads, 1))
        return "\n\n".join(part for part in (self.text, *places) if part)


class ThreadAnswer(Document):
    """thread: its number in what was asked, or the id to answer under; done: what it asks for is in the change; what:
    how, or what stands against it."""

    thread: int
    done: bool
    what: str


def unanswered(threads: Sequence[AskedThread], answers: Sequence[ThreadAnswer]) -> str:
    """What is wrong with `answers`, for whoever gave them; "" when every thread has exactly one."""
    wanted, given = list(range(1, len(threads) + 1)), sorted(one.thread for one in answers)
    if wanted == given:
        return ""
    return f"answers must have exactly one entry for each thread: {wanted or 'none'}, and not {given or 'none'}"


def addressed(threads: Sequence[AskedThread], answers: Sequence[ThreadAnswer]) -> tuple[ThreadAnswer, ...]:
    """`answers` that are complete, by id in the place of the number."""
    return tuple(one.model_copy(update={"thread": threads[one.thread - 1].id}) for one in answers)


def asked_key(task_id: str, id: str) -> str:
    return f"tasks/{task_id}/asked/{id}.json"
