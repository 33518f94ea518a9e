"""Which lessons matter for a piece of work, by words and files: Okapi BM25 over the lessons of one repository.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009); words as `retrieval.tokens`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from ferry.domain.lesson import Lesson, LessonKind
from ferry.domain.retrieval.tokens import tokens

K1, B = 1.2, 0.75
SAME_FILE, SAME_FOLDER = 3.0, 0.5
ENOUGH = 2
"""Words in common from which on a lesson matters that is about other files: one word alone is chance."""

# What `domain.taught` writes around the words of others; it is in every lesson and in many tickets.
_FRAME = frozenset(tokens("Asked in a review. Done. CI was red. Mended by. Changed. Unknown cause."))


def relevant(lessons: Sequence[Lesson], text: str, paths: Collection[str] = ()) -> list[Lesson]:
    """Best first, ties by id. It takes the same file, or one word and the same folder, or two words; what a person
    taught about a repository in so many words matters for all work there, behind what has more to do with it."""
    asked, counts = set(tokens(text)), [_words(one) for one in lessons]
    found: list[tuple[float, str, Lesson]] = []
    for one, words in zip(lessons, counts, strict=True):
        shared, near = sorted(asked & words.keys()), _near(one, paths)
        general = one.origin.kind is LessonKind.PERSON and not one.paths
        if near >= SAME_FILE or len(shared) >= ENOUGH or (shared and near) or general:
            found.append((-near - _score(shared, words, counts), one.id, one))
    return [one for _, _, one in sorted(found, key=lambda row: row[:2])]


def _words(one: Lesson) -> Counter[str]:
    """Of what it says and of its files' names; folders are alike in all of a repository."""
    names = (PurePosixPath(path).stem for path in one.paths)
    counts = tokens("\n".join((one.text, *names)))
    return Counter({word: times for word, times in counts.items() if word not in _FRAME})


def _score(shared: Sequence[str], one: Counter[str], every: Sequence[Counter[str]]) -> float:
    """shared: in one order, on which the last digit of a sum depends."""
    mean = sum(map(Counter.total, every)) / len(every) or 1.0
    norm = K1 * (1 - B + B * one.total() / mean)
    return sum(_rarity(word, every) * one[word] * (K1 + 1) / (one[word] + norm) for word in shared)


def _rarity(word: str, every: Sequence[Counter[str]]) -> float:
    having = sum(word in one for one in every)
    return math.log(1 + (len(every) - having + 0.5) / (having + 0.5))


def _near(one: Lesson, paths: Collection[str]) -> float:
    if set(one.paths) & set(paths):
        return SAME_FILE
    folders = {PurePosixPath(path).parent for path in paths}
    return SAME_FOLDER if any(PurePosixPath(path).parent in folders for path in one.paths) else 0.0
