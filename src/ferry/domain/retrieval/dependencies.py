"""Which repository needs which, from what their indexes say: nothing is read again for it.

An edge takes two ends: who defines a name, and who uses it. Where several define it, or it is a word that everybody
uses, there is none: an order of merging that is made up costs more than one that is missing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import chain

from ferry.domain.discovery import Dependency, DependencyKind
from ferry.domain.retrieval.index import Index
from ferry.domain.retrieval.ties.book import collect
from ferry.domain.retrieval.ties.http import http
from ferry.domain.retrieval.ties.interfaces import events, graphql, protobuf
from ferry.domain.retrieval.ties.operations import operations
from ferry.domain.retrieval.ties.packages import packages

TOLD = 3


def edges(indexes: Sequence[Index], among: Collection[str] | None = None) -> tuple[Dependency, ...]:
    """One for each pair and kind, with up to three proofs; by names. among: those with an end there alone."""
    names = {index.repo for index in indexes} if among is None else set(among)
    book = collect({index.repo: index.ties for index in indexes})
    proofs: dict[tuple[str, str, DependencyKind], list[str]] = {}
    found = chain(
        packages(book), http(book), operations(book, indexes, names), protobuf(book), graphql(book), events(book)
    )
    for needing, to, kind, words in found:
        said = proofs.setdefault((needing, to, kind), [])
        if words not in said:
            said.append(words)
    all_of_them = tuple(
        Dependency(from_=needing, to=to, kind=kind, description="; ".join(proofs[needing, to, kind][:TOLD]))
        for needing, to, kind in sorted(proofs)
    )
    return touching(all_of_them, names)


def touching(edges: Iterable[Dependency], repositories: Iterable[str]) -> tuple[Dependency, ...]:
    """Those with an end among `repositories`: what they need, and what a change there reaches."""
    names = set(repositories)
    return tuple(edge for edge in edges if edge.from_ in names or edge.to in names)


def merged(said: Iterable[Dependency], found: Iterable[Dependency]) -> tuple[Dependency, ...]:
    """`said` by somebody, and all that was `found` in files: none of those is lost, nor what proves it."""
    edges = {(edge.from_, edge.to, edge.kind): edge for edge in said}
    for edge in found:
        known = edges.get((edge.from_, edge.to, edge.kind))
        if known is None:
            edges[edge.from_, edge.to, edge.kind] = edge
        elif edge.description not in known.description:
            description = f"{known.description} ({edge.description})"
            edges[edge.from_, edge.to, edge.kind] = known.model_copy(update={"description": description})
    return tuple(edges.values())
