"""A ticket as a query, and what its words are worth in an organisation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ferry.domain.retrieval.index import Index
from ferry.domain.retrieval.tokens import names, paths, surfaces, tokens

TITLE_WEIGHT = 1.5


@dataclass(frozen=True)
class Query:
    """weights: by token; surfaces: the ticket's own word for it; names and paths: what it means as code."""

    weights: Mapping[str, float]
    surfaces: Mapping[str, str]
    names: tuple[str, ...]
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Statistics:
    """idf: worth of each query token over all files of all repositories; length: mean tokens of a file."""

    idf: Mapping[str, float]
    length: float


def read_query(title: str, text: str = "") -> Query:
    weights = {token: 1 + math.log(times) for token, times in tokens(text).items()}
    for token in tokens(title):
        weights[token] = weights.get(token, 0.0) + TITLE_WEIGHT
    whole = f"{title}\n{text}"
    return Query(weights, surfaces(whole), tuple(sorted(names(whole))), paths(whole))


def statistics(query: Query, indexes: Sequence[Index]) -> Statistics:
    """One idf for the whole organisation, so that scores of two repositories can be compared."""
    files = [file for index in indexes for file in index.files]
    idf = {}
    for token in query.weights:
        found = sum(len(index.files_with(token)) for index in indexes)
        if found:
            idf[token] = math.log(1 + (len(files) - found + 0.5) / (found + 0.5))
    return Statistics(idf, sum(file.length for file in files) / len(files) if files else 0.0)
