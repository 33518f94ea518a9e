"""The part of a file that shows best whether a ticket is about it."""

from __future__ import annotations

from collections.abc import Collection

from ferry.domain.retrieval.tokens import tokens

WINDOW = 12  # lines


def snippet(text: str, words: Collection[str], limit: int) -> str:
    """At most `limit` characters: the windows of lines with most of `words`, in the file's order, gaps as ``…``.

    words: tokens of the query. A file that has none of them shows its beginning.
    """
    lines = text.splitlines()
    wanted = frozenset(words)
    windows = [lines[start : start + WINDOW] for start in range(0, len(lines), WINDOW)]
    worth = [len(wanted & tokens("\n".join(window)).keys()) for window in windows]
    telling = [number for number, value in enumerate(worth) if value] or list(range(len(windows)))
    best = sorted(telling, key=lambda number: (-worth[number], number))
    kept: list[int] = []
    room = limit
    for number in best:
        size = len("\n".join(windows[number])) + 2
        if size > room:
            break
        kept.append(number)
        room -= size
    if not kept:
        return "\n".join(windows[best[0]])[:limit] if best else ""
    return _joined(sorted(kept), windows)


def _joined(kept: list[int], windows: list[list[str]]) -> str:
    parts: list[str] = []
    before = -1
    for number in kept:
        if number != before + 1:
            parts.append("…")
        parts += windows[number]
        before = number
    return "\n".join(parts)
