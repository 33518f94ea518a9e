"""Files of one repository, best first, each with evidence that a person can check."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ferry.domain.discovery import FileKind
from ferry.domain.retrieval.index import Index
from ferry.domain.retrieval.query import Query, Statistics

K1, B = 1.5, 0.75
# Tests and prose repeat a ticket's words without being what must change: ranking them apart is the largest gain.
KINDS = {FileKind.SOURCE: 1.0, FileKind.TEST: 0.5, FileKind.CONFIG: 0.4}
NAMED_SYMBOL, NAMED_PATH = 0.25, 0.6
RARE_WORDS = 3


@dataclass(frozen=True)
class FileHit:
    """score: comparable within one call of one query over one organisation; evidence: strongest first."""

    repo: str
    path: str
    kind: FileKind
    score: float
    evidence: tuple[str, ...]
    words: tuple[str, ...]


def rank_files(query: Query, index: Index, worth: Statistics) -> list[FileHit]:
    """Every file that has something of the query; ties by path, so that the order never depends on anything else."""
    by_token = _scores(query, index, worth)
    totals = {number: sum(parts.values()) for number, parts in by_token.items()}
    best = max(totals.values(), default=0.0) or 1.0
    symbols, named = _named_symbols(query, index), _named_paths(query, index)
    hits = []
    for number in totals.keys() | symbols.keys() | named.keys():
        bonus = best * (_symbol_bonus(symbols.get(number, {})) + (NAMED_PATH if number in named else 0.0))
        evidence = [
            *named.get(number, ()),
            *(f"defines `{name}`, named in the ticket" for name in symbols.get(number, ())),
        ]
        hits.append(_hit(index, number, totals.get(number, 0.0) + bonus, evidence, by_token.get(number, {})))
    return sorted(hits, key=lambda hit: (-hit.score, hit.path))


def why(query: Query, hit: FileHit) -> tuple[str, ...]:
    """What speaks for a file, with the query's own words."""
    words = dict.fromkeys(query.surfaces.get(token, token).lower() for token in hit.words)
    return (*hit.evidence, f"matches {', '.join(words)} (rare words)") if words else hit.evidence


def _hit(index: Index, number: int, score: float, evidence: list[str], parts: Mapping[str, float]) -> FileHit:
    file = index.files[number]
    telling = sorted((token for token in parts if not token.isdigit()), key=lambda token: (-parts[token], token))
    return FileHit(
        index.repo, file.path, file.kind, score * KINDS[file.kind], tuple(evidence), tuple(telling[:RARE_WORDS])
    )


def _scores(query: Query, index: Index, worth: Statistics) -> dict[int, dict[str, float]]:
    """What each query token adds to each file."""
    found: dict[int, dict[str, float]] = {}
    for token, idf in worth.idf.items():
        for number, times in index.files_with(token).items():
            length = index.files[number].length / worth.length if worth.length else 1.0
            saturated = times * (K1 + 1) / (times + K1 * (1 - B + B * length))
            found.setdefault(number, {})[token] = query.weights[token] * idf * saturated
    return found


def _named_symbols(query: Query, index: Index) -> dict[int, dict[str, float]]:
    """By file's number the names that the ticket uses and the file defines; a name that many define tells little."""
    found: dict[int, dict[str, float]] = {}
    for name in query.names:
        numbers = index.definitions.get(name.casefold(), [])
        for number in numbers:
            found.setdefault(number, {})[name] = 1 / math.sqrt(len(numbers))
    return found


def _symbol_bonus(named: Mapping[str, float]) -> float:
    return NAMED_SYMBOL * min(2.0, sum(named.values()))


def _named_paths(query: Query, index: Index) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for path in query.paths:
        for number, file in enumerate(index.files):
            if _is_named(f"/{file.path}".casefold(), f"/{path}".casefold()):
                found.setdefault(number, []).append(f"is `{path}`, named in the ticket")
    return found


def _is_named(file: str, said: str) -> bool:
    """A ticket names the end of a path; a stack trace names more than the path, from the root of some machine."""
    return file.endswith(said) or (file.count("/") > 1 and said.endswith(file))
