"""Lessons: what people and CI taught Ferry about one repository. Words of others: models read, and never obey, them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from ferry.domain.document import Document, digest
from ferry.domain.secret import masked
from ferry.domain.suspicion import suspicions

LONGEST, MOST_PATHS, LONGEST_PATH = 600, 10, 200
MOST = 50
"""Of one repository; one more lets the least useful go."""

_CALLED = re.compile(r"(?<![\w`/.])@[A-Za-z0-9][\w-]*(?:/[\w-]+)?|<[@!#][^>\s]{1,80}>")
_ADDRESS = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+\b")


class LessonKind(StrEnum):
    """Who taught it: a reviewer, a CI that was red and is green, or a person in so many words."""

    REVIEW = "review"
    CI = "ci"
    PERSON = "person"


class Origin(Document):
    """link: to the review or the run, "" when there is none; by: key of the person, "" for CI; task: "" when it came
    from no task; at: RFC 3339."""

    kind: LessonKind
    by: str = ""
    link: str = ""
    task: str = ""
    at: str


class Lesson(Document):
    """text: one line without secrets and without people's names; paths: files that it is about, () for all; used_at:
    when a plan was last put before people with it, at first when it was made; suspected: forms of what looks like an
    instruction to an AI in it; accepted_by: who read it and let it be used all the same."""

    id: str
    repo: str
    text: str
    paths: tuple[str, ...] = ()
    origin: Origin
    used_at: str
    suspected: tuple[str, ...] = ()
    accepted_by: str = ""
    edited_by: str = ""
    edited_at: str = ""

    @property
    def kept_back(self) -> bool:
        """Until a person accepts it, no model reads it."""
        return bool(self.suspected) and not self.accepted_by


def lesson(repo: str, text: str, origin: Origin, mark: str, paths: Iterable[str] = ()) -> Lesson:
    """mark: names the review, the run or the command, so that each teaches once however often it is told."""
    about = tuple(dict.fromkeys(path.strip()[:LONGEST_PATH] for path in paths if path.strip()))[:MOST_PATHS]
    return Lesson(
        id=digest([repo, origin.kind, mark])[:10],
        repo=repo,
        text=_clean(text),
        paths=tuple(masked(path)[0] for path in about),
        origin=origin,
        used_at=origin.at,
        suspected=_suspected(text, about),
    )


def edited(before: Lesson, text: str, by: str, at: str) -> Lesson:
    """With other words, which are looked at like any: whoever wrote them, somebody accepts what looks suspicious."""
    made = {"text": _clean(text), "suspected": _suspected(text, before.paths), "accepted_by": ""}
    return before.model_copy(update={**made, "edited_by": by, "edited_at": at})


def superfluous(lessons: Sequence[Lesson], most: int = MOST) -> tuple[Lesson, ...]:
    """Those that go when there are more than `most`: what waits for a person first, then what was longest of no use;
    last of all what people wrote, corrected or accepted themselves."""
    return tuple(sorted(lessons, key=_use)[: max(0, len(lessons) - most)])


def same_words(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _use(one: Lesson) -> tuple[bool, bool, str, str]:
    by_people = one.origin.kind is LessonKind.PERSON or bool(one.edited_by or one.accepted_by)
    return (not one.kept_back, by_people, one.used_at, one.id)


def _clean(text: str) -> str:
    nameless = _CALLED.sub("somebody", _ADDRESS.sub("somebody", masked(text)[0]))
    line = " ".join(nameless.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _suspected(text: str, paths: Sequence[str]) -> tuple[str, ...]:
    """Of the words as they came: on one line and cut, they may look harmless."""
    return tuple(one.form for one in suspicions("\n".join((text, *paths))))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
