"""What Ferry answers to every ticket: places of the right files and repository, probabilities' features, CPU time."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import ferry.domain.retrieval
from bench.discovery.cases import MASKED, PLAIN, words
from bench.discovery.corpus import Corpus
from bench.discovery.indexes import Ticket
from ferry.domain.retrieval.confidence import COMPLETE_AT, complete_features, right_features
from ferry.domain.retrieval.index import Index
from ferry.domain.retrieval.query import read_query
from ferry.domain.retrieval.rank import rank_files
from ferry.domain.retrieval.route import route

MOST = 100

Row = Mapping[str, Any]


def measure(corpus: Corpus) -> list[Row]:
    """One row a ticket. Kept as they come, so that a run that was broken off goes on where it stood."""
    file = corpus.cache / f"answers-{_version()}-{len(corpus.tickets)}.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    known = {row["id"] for row in rows}
    left = [ticket for ticket in corpus.tickets if ticket["id"] not in known]
    with file.open("a") as out:
        for done, row in enumerate(_rows(corpus, left), 1):
            out.write(json.dumps(row) + "\n")
            rows.append(row)
            if not done % 20:
                print(f"  {done} of {len(left)} tickets answered", file=sys.stderr, flush=True)
    return rows


def _rows(corpus: Corpus, tickets: Sequence[Ticket]) -> Iterator[Row]:
    base = corpus.opened() if tickets else {}
    for ticket in tickets:
        own = corpus.indexes.open(ticket)
        routes = {how: _routed(corpus, ticket, how, base | {ticket["repo"]: own}) for how in (PLAIN, MASKED)}
        yield {"id": ticket["id"], **_files(ticket, own), "routes": routes}


def _files(ticket: Ticket, index: Index) -> Row:
    began = time.process_time()
    hits = rank_files(read_query(ticket["title"], ticket["body"]), index, MOST)
    spent = time.process_time() - began
    places = {hit.path: place for place, hit in enumerate(hits, 1)}
    ranks = [places.get(path) for path in ticket["gold_files"]]
    complete = all(rank and rank <= COMPLETE_AT for rank in ranks)
    return {"ranks": ranks, "ms": 1000 * spent, "complete": complete, "features": complete_features(hits)}


def _routed(corpus: Corpus, ticket: Ticket, how: str, indexes: Mapping[str, Index]) -> Row:
    """ms: routing alone; whole: with the files of the best repository."""
    title, body = words(corpus, ticket, how)
    began = time.process_time()
    query = read_query(title, body)
    routed = route(query, list(indexes.values()))
    between = time.process_time()
    rank_files(query, routed[0].index, MOST)
    spent = time.process_time()
    order = [one.index.repo for one in routed]
    place = order.index(ticket["repo"]) + 1 if ticket["repo"] in order else 0
    times = {"ms": 1000 * (between - began), "whole": 1000 * (spent - began)}
    return {"place": place, "first": order[0], "features": right_features(routed), **times}


def _version() -> str:
    files = sorted(Path(ferry.domain.retrieval.__path__[0]).glob("*.py"))
    return hashlib.blake2b(b"\0".join(path.read_bytes() for path in files), digest_size=6).hexdigest()
