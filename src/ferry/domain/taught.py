"""What a review and a mended CI teach, out of what the record says already: no model is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ferry.domain.asked import Asked, AskedThread
from ferry.domain.ci import CiOutcome, CiResult
from ferry.domain.ci_history import CiEntry
from ferry.domain.lesson import Lesson, LessonKind, Origin, lesson
from ferry.domain.retrieval.tokens import paths
from ferry.domain.task import PullRequest

ASKED, DONE = 300, 250
# `ferry.usecases.review` writes who said what.
_SPEAKER = re.compile(r"^[A-Za-z0-9-]{1,39}(?:\[bot\])?: ", re.MULTILINE)
_OURS = re.compile(r"^Ferry answered: .*$", re.MULTILINE)
_PLACE = re.compile(r"^At (?P<path>[^\n]{1,300}?)(?:, line \d+)?: ")


def by_review(
    asked: Asked, result: CiResult, pull: PullRequest, task_id: str, at: str, files: Iterable[str] = ()
) -> tuple[Lesson, ...]:
    """One for each thread that was met, else one for the comment; none unless something was changed for it.

    files: that the change is in.
    """
    if result.outcome is not CiOutcome.FIXED:
        return ()
    if asked.threads:
        return tuple(_by_threads(asked, result, pull, task_id, at))
    origin = Origin(kind=LessonKind.REVIEW, by=f"github:{asked.by}", link=pull.url, task=task_id, at=at)
    return (_by_comment(asked, result, pull, origin, files),)


def by_ci(entry: CiEntry, pull: PullRequest, task_id: str, at: str, files: Iterable[str] = ()) -> Lesson | None:
    """entry: of the commit that was red; files: that the fix changed. None where nobody wrote down what mended it."""
    if not (entry.tried and entry.failed):
        return None
    red = f"{', '.join(entry.failed)} ({entry.cause or 'unknown cause'})"
    text = f"CI was red: {_cut(red, ASKED)}. Mended by: {_cut(entry.tried, DONE)}"
    link = entry.url if entry.url.startswith(("https://", "http://")) else pull.url
    origin = Origin(kind=LessonKind.CI, link=link, task=task_id, at=at)
    return lesson(pull.repo, text, origin, f"{task_id} {entry.head}", files)


def mended(history: Iterable[CiEntry], head: str) -> CiEntry | None:
    """The red look that the commit `head` answered."""
    return next((entry for entry in history if entry.result == f"fixed in {head[:7]}"), None)


def _by_threads(asked: Asked, result: CiResult, pull: PullRequest, task_id: str, at: str) -> Iterator[Lesson]:
    done = {answer.thread: answer.what for answer in result.answers if answer.done}
    for thread in (one for one in asked.threads if one.id in done):
        link = f"{pull.url}#discussion_r{thread.id}"
        origin = Origin(kind=LessonKind.REVIEW, by=f"github:{asked.by}", link=link, task=task_id, at=at)
        yield lesson(pull.repo, _told(_words(thread), done[thread.id]), origin, link, (thread.path,))


def _by_comment(asked: Asked, result: CiResult, pull: PullRequest, origin: Origin, files: Iterable[str]) -> Lesson:
    place = _PLACE.match(asked.text)
    words = asked.text[place.end() :] if place else asked.text
    about = [*([place["path"]] if place else []), *paths(words), *files]
    return lesson(pull.repo, _told(words, result.what), origin, f"{origin.task} {asked.id}", about)


def _words(thread: AskedThread) -> str:
    """What was said first and since, without who said it and without what Ferry said."""
    return _SPEAKER.sub("", _OURS.sub("", thread.text))


def _told(asked: str, done: str) -> str:
    return f"Asked in a review: “{_cut(asked, ASKED)}” Done: {_cut(done, DONE)}"


def _cut(text: str, most: int) -> str:
    """With its lines as they were: what looks like an instruction may begin one."""
    words = text.strip()
    return words if len(words) <= most else f"{words[: most - 1]}…"
