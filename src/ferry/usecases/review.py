"""What a review still asks of Ferry: threads that are open, in the words of people who may write."""

from __future__ import annotations

from collections.abc import Collection

from ferry.domain.asked import AskedThread
from ferry.domain.triggers.comment import MARK, Remark
from ferry.ports import ReviewComment
from ferry.usecases.world import World

NOTHING_OPEN = (
    "There is no review comment left for me: I look at threads that nobody resolved, where I did not have the last "
    "word, by people who may write to this repository."
)


def open_threads(remark: Remark, world: World) -> tuple[AskedThread, ...]:
    """Threads that are open and where Ferry did not have the last word. Of each, what people said who may write: what
    strangers write orders nothing."""
    calls = remark.thread  # a thread that is nothing but the call asks for nothing of its own
    unresolved = world.forge.unresolved(remark.repo, remark.number)
    found = [one for one in unresolved if not _had_last_word(one) and (one.replies or one.id != calls)]
    authors = {author for one in found for author, _ in _said(one)}
    trusted = {author for author in authors if world.forge.may_write(remark.repo, author)}
    return tuple(
        AskedThread(id=one.id, path=one.path, line=one.line, text=_heard(one, trusted))
        for one in found
        if one.author in trusted
    )


def _said(thread: ReviewComment) -> list[tuple[str, str]]:
    return [(thread.author, thread.text), *thread.replies]


def _had_last_word(thread: ReviewComment) -> bool:
    return MARK in _said(thread)[-1][1]


def _heard(thread: ReviewComment, trusted: Collection[str]) -> str:
    lines = [
        f"Ferry answered: {text.replace(MARK, '').strip()}" if MARK in text else f"{author}: {text}"
        for author, text in _said(thread)
        if author in trusted or MARK in text
    ]
    return "\n".join(lines)
