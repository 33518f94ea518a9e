"""The ties of a whole organisation by what they name."""

# ruff: noqa: SIM905  (lists of words read better without forty quotes)

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from ferry.domain.discovery import DependencyKind
from ferry.domain.retrieval.ties.tie import Role, Tie, TieKind
from ferry.domain.retrieval.tokens import split

# What many repositories are called beside their own name.
GENERIC = frozenset(
    "api app backend client common core frontend lib library main module package platform project repo sdk server "
    "service shared site svc tool ui util web website worker".split()
)


class End(NamedTuple):
    repo: str
    path: str
    tie: Tie

    @property
    def place(self) -> str:
        """``pricing's openapi.yaml:12``"""
        return f"{short(self.repo)}'s {self.path}" + (f":{self.tie.line}" if self.tie.line else "")


class Proof(NamedTuple):
    """`needing` needs `to`; words: what a person can check."""

    needing: str
    to: str
    kind: DependencyKind
    words: str


Shelf = dict[TieKind, dict[str, list[End]]]


@dataclass
class Book:
    """By kind and name; offers: with what is private; repos: all there are."""

    repos: tuple[str, ...]
    offers: Shelf = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    private: Shelf = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    needs: Shelf = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    serves: Shelf = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))

    def needed(self, kind: TieKind) -> Iterator[tuple[str, End]]:
        """Every need, the same repository's first one of a name alone; in order of names."""
        for name, ends in sorted(self.needs[kind].items()):
            seen: set[str] = set()
            for end in ends:
                if end.repo not in seen:
                    seen.add(end.repo)
                    yield name, end

    def own(self, kind: TieKind, name: str, repo: str) -> bool:
        ends = (*self.offers[kind].get(name, ()), *self.private[kind].get(name, ()))
        return any(end.repo == repo for end in ends)

    def sole(self, kind: TieKind, name: str, ends: Iterable[End]) -> End | None:
        """Of several that define a name the one that serves it, or the one that does not itself call it: the others
        have copies. None where that does not tell."""
        first: dict[str, End] = {}
        for end in ends:
            first.setdefault(end.repo, end)
        if len(first) > 1:
            serving = {end.repo for end in self.serves[kind].get(name, ())} & first.keys()
            calling = {end.repo for end in self.needs[kind].get(name, ())}
            left = serving or first.keys() - calling
            first = {repo: end for repo, end in first.items() if repo in left}
        return next(iter(first.values())) if len(first) == 1 else None


def collect(ties: Mapping[str, Mapping[str, Iterable[Tie]]]) -> Book:
    """ties: of each repository by path."""
    book = Book(tuple(sorted(ties)))
    shelves = {Role.OFFERS: book.offers, Role.PRIVATE: book.private, Role.NEEDS: book.needs, Role.SERVES: book.serves}
    for repo in book.repos:
        for path in sorted(ties[repo]):
            for tie in ties[repo][path]:
                shelves[tie.role][tie.kind][tie.name].append(End(repo, path, tie))
    return book


def short(repo: str) -> str:
    return repo.rpartition("/")[2]


@lru_cache(maxsize=4096)
def own_words(repo: str) -> frozenset[str]:
    """Words of a repository's name that are not many repositories'; nor its owner's."""
    owner, _, name = repo.rpartition("/")
    words = {word for part in name.split("-") for word in split(part)}
    return frozenset(words - GENERIC - set(split(owner)))


def named_by(hint: str, repo: str) -> bool:
    """``PRICING_URL`` and ``pricing.internal`` name acme/pricing-service."""
    words = own_words(repo)
    said = {word for part in hint.replace("-", ".").split(".") for word in split(part)}
    return bool(words) and words <= said
