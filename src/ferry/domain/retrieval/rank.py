"""Files of one repository, best first, each with evidence that a person can check."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from ferry.domain.discovery import FileKind
from ferry.domain.retrieval import neighbours
from ferry.domain.retrieval.documents import PATH, SYMBOL, TEXT
from ferry.domain.retrieval.index import Index
from ferry.domain.retrieval.query import Query
from ferry.domain.retrieval.signals import Notes, Scores, defined, framed, named, rare, words, worth
from ferry.domain.retrieval.weights import FILES

# Tests and prose repeat a ticket's words without being what must change: ranking them apart is the largest gain.
APART = {FileKind.SOURCE: 0.0, FileKind.TEST: 100.0, FileKind.CONFIG: 200.0}
# What finds the files whose neighbours are looked at.
FIRST = {"text": 2.0, "title": 1.0, "symbol": 1.0, "path": 1.0, "defined": 0.8, "named": 1.0}
BEST_FILES, BEST_TESTS = 10, 8
# The share of what a ticket's words could tell from which a field counts in full: so the best of little stays little.
ENOUGH = {"title": 0.65, "symbol": 0.12, "path": 0.12}
RARE = 1.5  # power of the idf in the whole text, where most words say nothing


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
    rows = _nearest(_distances(index, totals, set(signals["named"])), index, most)
    notes.words = rare(query, index, [number for _, _, number in rows])
    return [
        Hit(index.repo, path, index.files[number].kind, totals[number], evidence(query, number, notes))
        for _, path, number in rows
    ]


def file_signals(query: Query, index: Index) -> tuple[dict[str, Scores], Notes]:
    """By signal the files it speaks for, from 0 to 1."""
    notes = Notes()
    sources = index.by_kind[FileKind.SOURCE]
    found = _own(query, index, sources, notes)
    found |= _near(query, index, found, sources, notes)
    shares = _languages(index, sources)
    matched = set().union(*found.values())
    found["language"] = {number: shares.get(index.endings[number], 0.0) for number in matched}
    return found, notes


def _own(query: Query, index: Index, sources: set[int], notes: Notes) -> dict[str, Scores]:
    """What each file says itself."""
    whole, heading = worth(query, index, query.weights), worth(query, index, query.title)
    named_paths, in_frames = named(query.paths, index, notes), framed(query.frames, index, notes)
    against_best = {
        "text": words(query, index, TEXT, dict.fromkeys(query.weights, 1.0), RARE),
        "prose": words(query, index, TEXT, query.prose),
        "defined": defined(query, index, notes),
        "named": {n: max(named_paths.get(n, 0.0), in_frames.get(n, 0.0)) for n in named_paths | in_frames},
    }
    return {name: _scaled(scores, _best(scores, sources)) for name, scores in against_best.items()} | {
        "title": _scaled(words(query, index, TEXT, query.title), ENOUGH["title"] * heading),
        "symbol": _scaled(words(query, index, SYMBOL, query.weights), ENOUGH["symbol"] * whole),
        "path": _scaled(words(query, index, PATH, query.weights), ENOUGH["path"] * whole),
    }


def evidence(query: Query, number: int, notes: Notes) -> tuple[str, ...]:
    """What speaks for a file, in words, with the query's own words."""
    rare = [query.surfaces.get(token, token).lower() for token in notes.words.get(number, ())]
    said = list(dict.fromkeys(notes.said.get(number, ())))
    return (*said[:4], *([f"matches {', '.join(dict.fromkeys(rare))} (rare words)"] if rare else []))


def _near(
    query: Query, index: Index, found: Mapping[str, Scores], sources: set[int], notes: Notes
) -> dict[str, Scores]:
    first = _weighed(found, FIRST, index)
    tests = _first(first, index.by_kind[FileKind.TEST], BEST_TESTS)
    tested = neighbours.tested(tests, index, notes)
    alike = neighbours.alike(query, index, notes)
    shares = _shares(_first(first, sources, BEST_FILES))
    return {
        "tested": _scaled(tested, _best(tested, sources)),
        "used": neighbours.imported(shares, index, notes),
        "together": neighbours.together(shares, index, notes),
        "alike": _scaled(alike, _best(alike, sources)),
    }


def _weighed(signals: Mapping[str, Scores], weights: Mapping[str, float], index: Index) -> Scores:
    """Summed by number in a list, which is twice as quick as in a mapping."""
    sums, matched = [0.0] * len(index.files), set().union(*(signals[name] for name in weights))
    for name, weight in weights.items():
        for number, value in signals[name].items():
            sums[number] += weight * value
    return {number: sums[number] for number in matched}


def _first(scores: Scores, numbers: set[int], most: int) -> list[tuple[int, float]]:
    """The best of `numbers`, ties by number."""
    best = nsmallest(most, ((-score, number) for number, score in scores.items() if number in numbers))
    return [(number, -score) for score, number in best]


def _shares(best: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """How likely each is to be what is looked for: what stands near a file of no certainty gets little from it."""
    heights = [(number, math.exp(score - best[0][1])) for number, score in best]
    whole = sum(height for _, height in heights)
    return [(number, height / whole) for number, height in heights]


def _best(scores: Scores, sources: set[int]) -> float:
    """The best source's; where no source has any, the best."""
    return max((scores[number] for number in scores.keys() & sources), default=0.0) or max(scores.values(), default=0.0)


def _scaled(scores: Scores, most: float) -> Scores:
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
