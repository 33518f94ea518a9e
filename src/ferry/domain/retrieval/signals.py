"""What a ticket's own words, names, paths and stack frames say for each file of one repository."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ferry.domain.retrieval.documents import NAME, TEXT
from ferry.domain.retrieval.index import Index
from ferry.domain.retrieval.query import Query
from ferry.domain.retrieval.segment import key
from ferry.domain.retrieval.traces import Frame

Scores = dict[int, float]
FEW = 20
TELLING, RARE_WORDS = 25, 3


@dataclass
class Notes:
    """By file's number: sentences that a person can check, and the tokens that told most."""

    said: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    words: dict[int, list[str]] = field(default_factory=dict)


def idf(count: int, found: int) -> float:
    return math.log(1 + (count - found + 0.5) / (found + 0.5))


def words(query: Query, index: Index, mark: str, weights: Mapping[str, float], power: float = 1.0) -> Scores:
    """BM25F's part of one field. Words that half the files have are left out: they cost most and tell nothing.

    power: above 1 a rare word counts for more than its idf.
    """
    scores = [0.0] * len(index.files)
    keys = query.keys[mark]
    for token, weight in weights.items():
        rows = index.postings(keys[token])
        if _tells(len(rows), index):
            factor = weight * idf(index.count, len(rows)) ** power / 255
            for each in rows:
                scores[each >> 8] += factor * (each & 255)
    return {number: score for number, score in enumerate(scores) if score}


def worth(query: Query, index: Index, weights: Mapping[str, float]) -> float:
    """What a file would score that said every one of the words, all the time."""
    times = {token: index.frequency(query.keys[TEXT][token]) for token in weights}
    return sum(weights[token] * idf(index.count, found) for token, found in times.items() if _tells(found, index))


def _tells(found: int, index: Index) -> bool:
    return bool(found) and (found * 2 < index.count or index.count < FEW)


def rare(query: Query, index: Index, numbers: Iterable[int]) -> dict[int, list[str]]:
    """For each file the few of the ticket's words that tell most of it."""
    found: dict[int, list[str]] = {number: [] for number in numbers}
    worth: list[tuple[float, str]] = []
    for token, weight in query.weights.items():
        times = index.frequency(query.keys[TEXT][token])
        if times and not token.isdigit():
            worth.append((-weight * idf(index.count, times), token))
    for _, token in sorted(worth)[:TELLING]:
        for number, _ in index.found(query.keys[TEXT][token]):
            if number in found and len(found[number]) < RARE_WORDS:
                found[number].append(token)
    return found


def defined(query: Query, index: Index, notes: Notes) -> Scores:
    """Files that define a name the ticket uses; a name that many define tells little."""
    scores: Scores = defaultdict(float)
    for name in query.names:
        numbers = index.defining(name)
        if 0 < len(numbers) <= FEW:
            for number in numbers:
                scores[number] += 1 / math.sqrt(len(numbers))
                notes.said[number].append(f"defines `{name}`, named in the ticket")
    return scores


def named(paths: Iterable[str], index: Index, notes: Notes, how: str = "named in the ticket") -> Scores:
    """Files whose path ends as the ticket says, the longest agreement first, and shared by few."""
    scores: Scores = {}
    for path in paths:
        parts = parts_of(path)
        lengths = {
            number: agreement(index.files[number].path, parts)
            for number, _ in (index.found(key(NAME + parts[-1])) if parts else ())
        }
        longest = max(lengths.values(), default=0)
        found = [number for number, length in lengths.items() if length == longest > 0]
        for number in found if len(found) <= FEW // 2 else ():
            scores[number] = max(scores.get(number, 0.0), 1 / len(found))
            notes.said[number].append(f"is `{path}`, {how}")
    return scores


def framed(frames: Iterable[Frame], index: Index, notes: Notes) -> Scores:
    """Files of a stack trace: the nearer to the error the more."""
    scores: Scores = {}
    for depth, (path, _) in enumerate(frames):
        for number, score in named([path], index, notes, "in the stack trace").items():
            scores[number] = max(scores.get(number, 0.0), score / (1 + depth))
    return scores


def parts_of(path: str) -> list[str]:
    return [part for part in path.casefold().split("/") if part not in ("", ".", "..")]


def agreement(path: str, said: list[str]) -> int:
    """How many last parts of a path are as somebody said."""
    length = 0
    for one, other in zip(reversed(path.casefold().split("/")), reversed(said), strict=False):
        if one != other:
            break
        length += 1
    return length
