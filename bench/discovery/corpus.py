"""The benchmark as it lies beside this repository: tickets in two halves, their stored indexes, one organisation."""

from __future__ import annotations

import argparse
import importlib.util
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.discovery.halves import halves
from bench.discovery.indexes import Indexes, Ticket
from bench.discovery.trees import History, open_trees
from ferry.domain.retrieval.index import Index

CACHE = Path(".local/discovery")


@dataclass(frozen=True)
class Corpus:
    """tickets: those to measure; half: by repository, of all tickets; judge: the benchmark's own `evaluate.py`."""

    tickets: Sequence[Ticket]
    half: Mapping[str, str]
    indexes: Indexes
    judge: Any
    trees: Path
    cache: Path

    def organisation(self) -> dict[str, Ticket]:
        """Repository → the ticket whose tree is its newest, as the judge has it."""
        newest: dict[str, Ticket] = {}
        for ticket in self.tickets:
            known = newest.get(ticket["repo"])
            if known is None or ticket["created"] > known["created"]:
                newest[ticket["repo"]] = ticket
        return newest

    def opened(self) -> dict[str, Index]:
        return {repo: self.indexes.open(ticket) for repo, ticket in sorted(self.organisation().items())}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--benchmark", type=Path, required=True, help="holds evaluate.py, dev.jsonl and history/")
    parser.add_argument("--trees", type=Path, required=True, help="what make_trees.py built")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where indexes are kept from run to run")
    parser.add_argument("--limit", type=int, help="a stratified part, for a quick look")


def load(given: argparse.Namespace, parser: argparse.ArgumentParser) -> Corpus:
    """Builds the indexes that are missing."""
    data, judge = given.benchmark / "dev.jsonl", given.benchmark / "evaluate.py"
    for needed in (data, judge, given.trees):
        if not needed.exists():
            parser.error(f"{needed} is not there; bench/discovery/README.md says where it comes from")
    everything = [json.loads(line) for line in data.read_text().splitlines()]
    module = _module(judge)
    tickets = module.subset(everything, given.limit) if given.limit else everything
    indexes = Indexes(given.cache)
    with open_trees(given.trees) as trees:
        indexes.make(tickets, trees, History(given.benchmark / "history"))
    return Corpus(tickets, halves(everything), indexes, module, given.trees, given.cache)


def _module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("judge", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
