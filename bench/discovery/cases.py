"""Signals of every ticket as cases to fit on, kept until the code that makes them changes."""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ferry.domain.retrieval
from bench.discovery.corpus import Corpus
from bench.discovery.indexes import Ticket
from bench.discovery.softmax import Case
from ferry.domain.discovery import FileKind
from ferry.domain.retrieval.query import read_query
from ferry.domain.retrieval.rank import file_signals
from ferry.domain.retrieval.route import route

MOST = 400  # candidates of a ticket: the others are so far below that no weight brings them up
PLAIN, MASKED = "plain", "masked"
NOT_SIGNALS = ("weights", "confidence", "complexity", "discover", "find", "dependencies")


def file_cases(corpus: Corpus) -> list[tuple[Ticket, Case]]:
    """Candidates are the sources that any signal speaks for; the right ones may not be among them."""
    return [(row["ticket"], _case(row)) for row in _kept(corpus, "files", _files)]


def route_cases(corpus: Corpus) -> list[tuple[Ticket, str, Case]]:
    """Candidates are the repositories; each ticket plain, and with its repository's names masked."""
    return [(row["ticket"], row["how"], _case(row)) for row in _kept(corpus, "routes", _routes)]


def _files(corpus: Corpus) -> Iterator[dict[str, Any]]:
    for ticket in corpus.tickets:
        index = corpus.indexes.open(ticket)
        signals, _ = file_signals(read_query(ticket["title"], ticket["body"]), index)
        found = set().union(*signals.values())
        gold = {index.numbers.get(path) for path in ticket["gold_files"]}
        sources = [number for number in found if index.files[number].kind is FileKind.SOURCE]
        height = {number: sum(scores.get(number, 0.0) for scores in signals.values()) for number in sources}
        sources.sort(key=lambda number: (number not in gold, -height[number], number))
        sources = sorted(sources[:MOST], key=lambda number: index.files[number].path)
        yield {
            "id": ticket["id"],
            "columns": {name: [round(each.get(n, 0.0), 4) for n in sources] for name, each in signals.items()},
            "right": [place for place, number in enumerate(sources) if number in gold],
        }


def _routes(corpus: Corpus) -> Iterator[dict[str, Any]]:
    base = corpus.opened()
    for ticket in corpus.tickets:
        organisation = base | {ticket["repo"]: corpus.indexes.open(ticket)}
        for how in (PLAIN, MASKED):
            routed = route(read_query(*words(corpus, ticket, how)), list(organisation.values()))
            routed.sort(key=lambda one: one.index.repo)
            yield {
                "id": ticket["id"],
                "how": how,
                "columns": {name: [round(one.signals[name], 4) for one in routed] for name in routed[0].signals},
                "right": [place for place, one in enumerate(routed) if one.index.repo == ticket["repo"]],
            }


def words(corpus: Corpus, ticket: Ticket, how: str) -> tuple[str, str]:
    if how == PLAIN:
        return ticket["title"], ticket["body"]
    return tuple(corpus.judge.mask_names(ticket[part], ticket["repo"]) for part in ("title", "body"))


def _kept(corpus: Corpus, name: str, make: Any) -> list[dict[str, Any]]:
    file = corpus.cache / f"{name}-{_version()}-{len(corpus.tickets)}.jsonl.gz"
    if not file.exists():
        print(f"  signals of {name} …", file=sys.stderr, flush=True)
        half = file.with_suffix(".half")
        with gzip.open(half, "wt", compresslevel=3) as out:
            out.writelines(json.dumps(row) + "\n" for row in make(corpus))
        half.rename(file)
    tickets = {ticket["id"]: ticket for ticket in corpus.tickets}
    with gzip.open(file, "rt") as lines:
        rows = [json.loads(line) for line in lines]
    return [row | {"ticket": tickets[row["id"]]} for row in rows]


def _case(row: dict[str, Any]) -> Case:
    return Case(row["columns"], row["right"])


def _version() -> str:
    folder = Path(ferry.domain.retrieval.__path__[0])
    files = sorted(path for path in folder.glob("*.py") if path.stem not in NOT_SIGNALS)
    return hashlib.blake2b(b"\0".join(path.read_bytes() for path in files), digest_size=6).hexdigest()
