"""Which lessons matter for a piece of work, by words and files: Okapi BM25 over the lessons of one repository.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009); words as `retrieval.tokens`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from ferry.domain.lesson import Lesson
from ferry.domain.retrieval.tokens import tokens

K1, B = 1.2, 0.75
SAME_FILE, SAME_FOLDER = 3.0, 0.5
ENOUGH = 2
"""Words in common from which on a lesson counts that names no file of the work: one word alone is chance."""


def relevant(lessons: Sequence[Lesson], text: str, paths: Collection[str] = ()) -> list[Lesson]:
    """Best first; those that have nothing to do with it are left out. Ties by id, so that the order is always one."""
    words = set(tokens("\n".join((text, *paths))))
    counts = [_words(one) for one in lessons]
    scores = [_score(words, one, counts) + _near(lesson, paths) for lesson, one in zip(lessons, counts, strict=True)]
    found = [
        (-score, one.id, one)
        for one, score, count in zip(lessons, scores, counts, strict=True)
        if len(words & set(count)) >= ENOUGH or set(one.paths) & set(paths)
    ]
    return [one for _, _, one in sorted(found, key=lambda row: row[:2])]


def _words(one: Lesson) -> Counter[str]:
    return tokens("\n".join((one.text, *one.paths)))


def _score(words: Collection[str], one: Counter[str], every: Sequence[Counter[str]]) -> float:
    mean = sum(map(Counter.total, every)) / len(every) or 1.0
    norm = K1 * (1 - B + B * one.total() / mean)
    # Summed in one order: the last digit of a sum depends on it, and a set has none.
    return sum(
        _rarity(word, every) * one[word] * (K1 + 1) / (one[word] + norm) for word in sorted(one.keys() & set(words))
    )


def _rarity(word: str, every: Sequence[Counter[str]]) -> float:
    having = sum(word in one for one in every)
    return math.log(1 + (len(every) - having + 0.5) / (having + 0.5))


def _near(one: Lesson, paths: Collection[str]) -> float:
    folders = {PurePosixPath(path).parent for path in paths}
    if set(one.paths) & set(paths):
        return SAME_FILE
    return SAME_FOLDER if any(PurePosixPath(path).parent in folders for path in one.paths) else 0.0
