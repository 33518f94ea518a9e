"""Files of one repository, best first, each with evidence that a person can check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from heapq import nsmallest

from ferry.domain.discovery import FileKind
from ferry.domain.retrieval import neighbours
from ferry.domain.retrieval.documents import PATH, SYMBOL, TEXT
from ferry.domain.retrieval.index import Index
from ferry.domain.retrieval.query import Query
from ferry.domain.retrieval.signals import Notes, Scores, defined, framed, named, rare, words
from ferry.domain.retrieval.weights import FILES

# Tests and prose repeat a ticket's words without being what must change: ranking them apart is the largest gain.
APART = {FileKind.SOURCE: 0.0, FileKind.TEST: 100.0, FileKind.CONFIG: 200.0}
# What finds the files whose neighbours are looked at.
FIRST = {"text": 1.0, "symbol": 0.5, "path": 0.5, "defined": 0.4, "named": 0.5}
BEST_FILES, BEST_TESTS = 6, 8


@dataclass(frozen=True)
class Hit:
    """score: comparable within one repository and query; evidence: strongest first."""

    repo: str
    path: str
    kind: FileKind
    score: float
    evidence: tuple[str, ...]


def rank_files(query: Query, index: Index, most: int = 100) -> list[Hit]:
    """Sources, then tests, then the rest; what the ticket names by its path stands among the sources.

    Ties by path, so that the order never depends on anything else.
    """
    signals, notes = file_signals(query, index)
    totals = _weighed(signals, FILES, index)
    told = signals["named"].keys() | signals["frame"].keys()
    rows = _nearest(_distances(index, totals, told), index, most)
    notes.words = rare(query, index, [number for _, _, number in rows])
    return [
        Hit(index.repo, path, index.files[number].kind, totals[number], evidence(query, number, notes))
        for _, path, number in rows
    ]


def file_signals(query: Query, index: Index) -> tuple[dict[str, Scores], Notes]:
    """By signal the files it speaks for, scaled so that the best source has 1."""
    notes = Notes()
    title = {token: 1.0 for token in query.title if token in query.weights}
    found: dict[str, Scores] = {
        "text": words(query, index, TEXT, query.weights),
        "title": words(query, index, TEXT, title),
        "symbol": words(query, index, SYMBOL, query.weights),
        "title symbol": words(query, index, SYMBOL, title),
        "path": words(query, index, PATH, query.weights),
        "defined": defined(query, index, notes),
        "named": named(query.paths, index, notes),
        "frame": framed(query.frames, index, notes),
    }
    sources = index.by_kind[FileKind.SOURCE]
    found = {name: _scaled(scores, sources) for name, scores in found.items()}
    found |= {name: _scaled(scores, sources) for name, scores in _near(query, index, found, sources, notes).items()}
    found["focus"] = {number: value * value for number, value in found["text"].items()}
    matched = set().union(*found.values())
    shares = _languages(index, sources)
    found["language"] = {number: shares.get(index.endings[number], 0.0) for number in matched}
    return found, notes


def evidence(query: Query, number: int, notes: Notes) -> tuple[str, ...]:
    """What speaks for a file, in words, with the query's own words."""
    rare = [query.surfaces.get(token, token).lower() for token in notes.words.get(number, ())]
    said = list(dict.fromkeys(notes.said.get(number, ())))
    return (*said[:4], *([f"matches {', '.join(dict.fromkeys(rare))} (rare words)"] if rare else []))


def _near(
    query: Query, index: Index, found: Mapping[str, Scores], sources: set[int], notes: Notes
) -> dict[str, Scores]:
    first = _weighed(found, FIRST, index)
    best, tests = _best(first, sources, BEST_FILES), _best(first, index.by_kind[FileKind.TEST], BEST_TESTS)
    return {
        "tested": neighbours.tested(tests, index, notes),
        "used": neighbours.imported(best, index, notes),
        "together": neighbours.together(best, index, notes),
        "alike": neighbours.alike(query, index, notes),
    }


def _weighed(signals: Mapping[str, Scores], weights: Mapping[str, float], index: Index) -> Scores:
    """Summed by number in a list, which is twice as quick as in a mapping."""
    sums, matched = [0.0] * len(index.files), set().union(*(signals[name] for name in weights))
    for name, weight in weights.items():
        for number, value in signals[name].items():
            sums[number] += weight * value
    return {number: sums[number] for number in matched}


def _best(scores: Scores, numbers: set[int], most: int) -> list[tuple[int, float]]:
    """Of `numbers`, ties by number."""
    best = nsmallest(most, ((-score, number) for number, score in scores.items() if number in numbers))
    return [(number, -score) for score, number in best]


def _scaled(scores: Scores, sources: set[int]) -> Scores:
    """Against the best source; where no source has any, against the best."""
    most = max((scores[number] for number in scores.keys() & sources), default=0.0) or max(scores.values(), default=1.0)
    return {number: score / most if score < most else 1.0 for number, score in scores.items()} if most else {}


def _languages(index: Index, sources: set[int]) -> dict[str, float]:
    counts = Counter(map(index.endings.__getitem__, sources))
    return {name: times / len(sources) for name, times in counts.items()}


def _distances(index: Index, totals: Scores, told: set[int]) -> Scores:
    found: Scores = {}
    for kind, apart in APART.items():
        numbers, named = index.by_kind[kind], apart and 2.0
        found |= {n: (named if n in told else apart) - score for n, score in totals.items() if n in numbers}
    return found


def _nearest(distances: Scores, index: Index, most: int) -> list[tuple[float, str, int]]:
    """Paths are looked up of those alone that may be among them."""
    farthest = max(nsmallest(most, distances.values()), default=0.0)
    near = ((distance, number) for number, distance in distances.items() if distance <= farthest)
    return sorted((distance, index.files[number].path, number) for distance, number in near)[:most]
