"""Which repository's OpenAPI document has the path, the server or the operations that another one's sources call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from ferry.domain.discovery import DependencyKind
from ferry.domain.retrieval.ties.book import Book, End, Proof, named_by, own_words, short
from ferry.domain.retrieval.ties.paths import telling
from ferry.domain.retrieval.ties.tie import TieKind

PREFIXES = 3
INSIDE = ("internal", "local", "svc", "lan", "intra", "corp")


def http(book: Book) -> Iterator[Proof]:
    documents = _documents(book)
    served: dict[str, set[str]] = defaultdict(set)
    for path, ends in book.serves[TieKind.HTTP].items():
        for end in ends:
            served[end.repo].add(path)
    # Every place, and not a repository's first alone: hints differ from place to place.
    for path, ends in sorted(book.needs[TieKind.HTTP].items()):
        for end in ends:
            found = _provider(end, path, documents, served[end.repo], book)
            if found and found.repo != end.repo:
                words = f"{end.place} calls {path}, which {found.place} defines"
                yield Proof(end.repo, found.repo, DependencyKind.API, words)
    yield from _hosts(book)


def _documents(book: Book) -> Mapping[str, list[End]]:
    """By path, as it is written and behind the server's own path."""
    found: dict[str, list[End]] = defaultdict(list)
    for path, ends in book.offers[TieKind.HTTP].items():
        for end in ends:
            for name in dict.fromkeys((path, f"{end.tie.hint}{path}")):
                found[name].append(end)
    return found


def _provider(end: End, path: str, documents: Mapping[str, list[End]], served: set[str], book: Book) -> End | None:
    """Also behind what a gateway or a proxy puts before a path; the rest must then say as much."""
    parts = path.split("/")[1:]
    for start in range(min(PREFIXES, len(parts))):
        tail = "/" + "/".join(parts[start:])
        ends = documents.get(tail)
        if not ends:
            continue
        hint = ".".join([end.tie.hint, *parts[:start]]).strip(".")
        meant = [repo for repo in book.repos if hint and named_by(hint, repo)]
        if meant:
            theirs = [other for other in ends if other.repo in meant]
            return theirs[0] if len({other.repo for other in theirs}) == 1 else None
        if telling(tail) and not _routed(tail, served):
            return book.sole(TieKind.HTTP, tail, ends)
    return None


def _routed(path: str, served: set[str]) -> bool:
    """Whether the caller has a route of that path itself, or of its end: routers put prefixes before it."""
    parts = path.split("/")[1:]
    return any("/" + "/".join(parts[start:]) in served for start in range(min(PREFIXES, len(parts))))


def _hosts(book: Book) -> Iterator[Proof]:
    """A document's own server, or a machine inside that is called as a repository with an interface."""
    names = {short(repo).lower(): repo for repo in book.repos}
    speaking = {end.repo for kind in (TieKind.HTTP, TieKind.RPC) for ends in book.offers[kind].values() for end in ends}
    for host, end in book.needed(TieKind.HOST):
        offered = {other.repo: other for other in book.offers[TieKind.HOST].get(host, ())}
        if len(offered) == 1 and end.repo not in offered:
            (other,) = offered.values()
            words = f"{end.place} calls {host}, which is a server of {other.place}"
            yield Proof(end.repo, other.repo, DependencyKind.API, words)
        label, *rest = host.lower().split(".")
        repo = names.get(label, "")
        if not offered and repo in speaking and repo != end.repo and own_words(repo) and _inside(rest):
            yield Proof(end.repo, repo, DependencyKind.API, f"{end.place} calls the host {host}")


def _inside(rest: list[str]) -> bool:
    return not rest or any(part in INSIDE for part in rest)
