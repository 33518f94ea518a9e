"""Which of an organisation's repositories a ticket is about.

A word is worth what few repositories have, and counts by the share of a repository's files that have it: so neither a
large repository nor one of much prose gathers tickets by its size. Signals are scaled against the best repository.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ferry.domain.retrieval.documents import DEFINED, IMPORTED, NAME, PATH, SYMBOL, TEXT
from ferry.domain.retrieval.index import Index
from ferry.domain.retrieval.query import Query
from ferry.domain.retrieval.segment import key
from ferry.domain.retrieval.signals import agreement, parts_of
from ferry.domain.retrieval.weights import REPOSITORIES

SHARES = {TEXT: "share", SYMBOL: "share of symbols", PATH: "share of paths"}
SIGNALS = (*SHARES.values(), "words", "defined", "imported", "path", "about", "name")
SURE = 10  # files that say a word before it is taken as the repository's own
OWN = 0.25  # a word that more of a repository's files have is how it always speaks, not what a ticket is about

Table = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Routed:
    """score: log-odds up to a constant, to be compared with the others'; signals: each in 0..1."""

    index: Index
    score: float
    signals: Mapping[str, float]


def route(query: Query, indexes: Sequence[Index]) -> list[Routed]:
    """All that have any word of the query, best first; ties by name."""
    table: Table = {name: dict.fromkeys((index.repo for index in indexes), 0.0) for name in SIGNALS}
    there = [index for index in indexes if index.count]
    for mark in SHARES:
        for token, weight in query.weights.items():
            _word(table, there, mark, query.keys[mark][token], weight)
    for name in query.names:
        _rare(table["defined"], there, key(DEFINED + name.casefold()))
        _rare(table["imported"], there, key(IMPORTED + name.casefold()))
    for path in dict.fromkeys([*query.paths, *(path for path, _ in query.frames)]):
        _path(table["path"], there, path)
    _about(table, query, there)
    scaled = {name: _scaled(column) for name, column in table.items()}
    routed = [_routed(index, scaled) for index in there]
    return sorted((one for one in routed if any(one.signals.values())), key=lambda one: (-one.score, one.index.repo))


def _word(table: Table, indexes: Sequence[Index], mark: str, hashed: int, weight: float) -> None:
    found = {index.repo: (times, index.count) for index in indexes if (times := index.frequency(hashed))}
    if not found:
        return
    rarity = math.log((len(indexes) + 0.5) / len(found)) / math.log(len(indexes) + 1)
    everywhere = sum(times for times, _ in found.values()) / sum(index.count for index in indexes)
    density = {repo: min(OWN, times / count) for repo, (times, count) in found.items()}
    whole = sum(density.values())
    for repo, (times, count) in found.items():
        table[SHARES[mark]][repo] += weight * density[repo] / whole * math.log(1 + 1 / everywhere)
        if mark == TEXT:
            table["words"][repo] += weight * rarity * times / (times + SURE + 0.02 * count)


def _rare(column: dict[str, float], indexes: Sequence[Index], hashed: int) -> None:
    found = [index.repo for index in indexes if index.frequency(hashed)]
    for repo in found:
        column[repo] += 1 / len(found)


def _path(column: dict[str, float], indexes: Sequence[Index], path: str) -> None:
    """To those in which most of the path's end is a file's."""
    parts = parts_of(path)
    if not parts:
        return
    hashed = key(NAME + parts[-1])
    lengths = {
        index.repo: max((agreement(index.files[n].path, parts) for n, _ in index.found(hashed)), default=0)
        for index in indexes
        if index.frequency(hashed)
    }
    longest = max(lengths.values(), default=0)
    best = [repo for repo, length in lengths.items() if length == longest > 0]
    for repo in best:
        column[repo] += longest / len(best)


def _about(table: Table, query: Query, indexes: Sequence[Index]) -> None:
    """Name, README and manifest; a repository's own name in a ticket is a word apart."""
    for token, weight in query.weights.items():
        found = [index.repo for index in indexes if token in index.about]
        for repo in found:
            table["about"][repo] += weight * math.log((len(indexes) + 1) / len(found))
    for index in indexes:
        names = [index.repo.rpartition("/")[2], *index.manifest.projects]
        forms = {form for name in names for form in _forms(name.casefold())}
        table["name"][index.repo] = max((query.weights.get(form, 0.0) for form in forms), default=0.0)


def _forms(name: str) -> tuple[str, ...]:
    last = name.rpartition("/")[2]
    return last, last.replace("-", "_"), last.replace("-", "")


def _scaled(column: Mapping[str, float]) -> dict[str, float]:
    most = max(column.values(), default=0.0)
    return {repo: value / most if most else 0.0 for repo, value in column.items()}


def _routed(index: Index, scaled: Table) -> Routed:
    signals = {name: column[index.repo] for name, column in scaled.items()}
    return Routed(index, sum(weight * signals[name] for name, weight in REPOSITORIES.items()), signals)
