"""Which repository builds what another one's manifest requires."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ferry.domain.discovery import DependencyKind
from ferry.domain.retrieval.ties.book import Book, End, Proof, short
from ferry.domain.retrieval.ties.tie import Role, Tie, TieKind

KINDS = (TieKind.PYPI, TieKind.NPM, TieKind.GO, TieKind.MAVEN, TieKind.CARGO)


def packages(book: Book) -> Iterator[Proof]:
    _put_together(book)
    for kind in KINDS:
        for name, end in book.needed(kind):
            if not book.own(kind, name, end.repo) and (builder := _builder(name, book.offers[kind].get(name, ()))):
                yield _proof(end, builder, f"requires {name}")
    known = {repo.lower(): repo for repo in book.repos}
    for name, end in book.needed(TieKind.REPOSITORY):
        to = known.get(name)
        if to and to != end.repo:
            yield _proof(end, to, f"takes {name} from git")


def _put_together(book: Book) -> None:
    """Gradle's coordinates: every group of a repository with every name in it."""
    groups: dict[str, set[str]] = {}
    for group, ends in book.offers[TieKind.MAVEN_GROUP].items():
        for end in ends:
            groups.setdefault(end.repo, set()).add(group)
    for name, ends in book.offers[TieKind.MAVEN_NAME].items():
        for end in ends:
            for group in sorted(groups.get(end.repo, ())):
                tie = Tie(Role.OFFERS, TieKind.MAVEN, f"{group}:{name}", end.tie.line)
                book.offers[TieKind.MAVEN][tie.name].append(End(end.repo, end.path, tie))


def _builder(name: str, ends: Iterable[End]) -> str:
    """ "" where several build it and none of them is called so."""
    repos = sorted({end.repo for end in ends})
    if len(repos) > 1:
        plain = _plain(name.replace("/", ":").rpartition(":")[2])
        repos = [repo for repo in repos if _plain(short(repo)) == plain]
    return repos[0] if len(repos) == 1 else ""


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(".", "")


def _proof(end: End, to: str, what: str) -> Proof:
    return Proof(end.repo, to, DependencyKind.SHARED_LIB, f"{end.place} {what}")
