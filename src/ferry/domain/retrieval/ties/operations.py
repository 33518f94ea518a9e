"""Names of operations (``createPriceList``) as generated clients call them: looked up in postings, not kept twice."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from ferry.domain.discovery import DependencyKind, FileKind
from ferry.domain.retrieval.documents import TEXT
from ferry.domain.retrieval.segment import key
from ferry.domain.retrieval.ties.book import Book, End, Proof
from ferry.domain.retrieval.ties.tie import TieKind

if TYPE_CHECKING:
    from ferry.domain.retrieval.index import Index

WORDS = 3
MOST = 20
LEAST = 2
"""So many operations of one document must be used, and none of them defined there: ``getUserById`` is everybody's."""
_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


def operations(book: Book, indexes: Sequence[Index], among: Collection[str]) -> Iterator[Proof]:
    """among: an end is one of these; looking up every name in every index of an organisation would cost seconds."""
    for provider, ends in _offered(book).items():
        keys = [(end, *_keys(end.tie.name)) for end in islice(ends, MOST)]
        for index in indexes:
            if index.repo != provider and (provider in among or index.repo in among):
                used = [(end, path) for end, *hashes in keys if (path := _user(index, end.tie.name, hashes))]
                for end, path in used if len(used) >= LEAST else ():
                    words = f"{index.repo.rpartition('/')[2]}'s {path} uses {end.tie.name}, an operation of {end.place}"
                    yield Proof(index.repo, provider, DependencyKind.API, words)


def _offered(book: Book) -> Mapping[str, list[End]]:
    """By repository, what it alone defines and a name of three words at least."""
    found: dict[str, list[End]] = {}
    for name, ends in sorted(book.offers[TieKind.OPERATION].items()):
        if len(_PART.findall(name)) >= WORDS and len({end.repo for end in ends}) == 1:
            found.setdefault(ends[0].repo, []).append(ends[0])
    return found


def _keys(name: str) -> tuple[int, int]:
    """As it is, and as Python writes it."""
    return key(TEXT + name.casefold()), key(TEXT + "_".join(_PART.findall(name)).casefold())


def _user(index: Index, name: str, hashes: Sequence[int]) -> str:
    for hashed in hashes:
        if index.frequency(hashed) and not index.defining(name):
            for number, _ in index.found(hashed):
                if index.files[number].kind is FileKind.SOURCE:
                    return index.files[number].path
    return ""
