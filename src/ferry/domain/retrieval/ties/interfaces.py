"""Which repository defines the interface that another one's sources use: HTTP, protocol buffers, GraphQL, events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ferry.domain.discovery import DependencyKind
from ferry.domain.retrieval.ties.book import Book, End, Proof
from ferry.domain.retrieval.ties.tie import TieKind

MOST_PUBLISHERS = 3


def protobuf(book: Book) -> Iterator[Proof]:
    """A client needs who defines its service and who serves it; a server needs who defines it."""
    services = book.offers[TieKind.RPC]
    for name, end in book.needed(TieKind.RPC):
        if definer := book.sole(TieKind.RPC, name, services.get(name, ())):
            yield from _api(end, definer, f"calls {name}", "defines it")
            servers = {server.repo: server for server in book.serves[TieKind.RPC].get(name, ())}
            if len(servers) == 1:
                (server,) = servers.values()
                yield from _api(end, server, f"calls {name}", "serves it")
    for name, ends in sorted(book.serves[TieKind.RPC].items()):
        if definer := book.sole(TieKind.RPC, name, services.get(name, ())):
            for end in {end.repo: end for end in reversed(ends)}.values():
                yield from _api(end, definer, f"serves {name}", "defines it")
    yield from _files(book)


def _files(book: Book) -> Iterator[Proof]:
    files: dict[str, list[End]] = defaultdict(list)
    for path, ends in book.offers[TieKind.PROTO].items():
        files[path.rpartition("/")[2]] += ends
    for name, end in book.needed(TieKind.PROTO):
        there = files.get(name.rpartition("/")[2], ())
        found = [other for other in there if _ends_alike(other.path, name)]
        if any(other.repo == end.repo for other in found):
            continue
        if definer := book.sole(TieKind.PROTO, name, found):
            yield from _api(end, definer, f"imports {name}", "is that file")


def _ends_alike(path: str, wanted: str) -> bool:
    """Roots of generators differ; two parts at least must be alike."""
    parts = wanted.split("/")
    tails = ("/".join(parts[start:]) for start in range(min(3, len(parts) - 1)))
    return any(f"/{path}".endswith(f"/{tail}") for tail in tails)


def graphql(book: Book) -> Iterator[Proof]:
    """Fields of one word alone (``me``, ``user``) are everybody's."""
    for name, end in book.needed(TieKind.GRAPHQL):
        field = name.partition(".")[2]
        compound = "_" in field.strip("_") or any(letter.isupper() for letter in field[1:])
        definer = book.sole(TieKind.GRAPHQL, name, book.offers[TieKind.GRAPHQL].get(name, ())) if compound else None
        if definer:
            yield from _api(end, definer, f"asks for {name}", "defines it")


def events(book: Book) -> Iterator[Proof]:
    """A name that many publish is a convention, and one that its subscriber publishes too is its own."""
    for name, end in book.needed(TieKind.EVENT):
        publishers: dict[str, End] = {}
        for other in book.offers[TieKind.EVENT].get(name, ()):
            publishers.setdefault(other.repo, other)
        if end.repo not in publishers and len(publishers) <= MOST_PUBLISHERS:
            for other in publishers.values():
                words = f"{end.place} subscribes to {name}, which {other.place} publishes"
                yield Proof(end.repo, other.repo, DependencyKind.EVENT, words)


def _api(end: End, other: End, does: str, how: str) -> Iterator[Proof]:
    if end.repo != other.repo:
        yield Proof(end.repo, other.repo, DependencyKind.API, f"{end.place} {does}; {other.place} {how}")
