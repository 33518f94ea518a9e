"""Every tree of the benchmark as a stored index, built once: a run that was broken off goes on where it stood."""

from __future__ import annotations

import hashlib
import mmap
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ferry.domain.retrieval
from bench.discovery.trees import History, Trees
from ferry.domain.retrieval.documents import FileFacts, read_file
from ferry.domain.retrieval.index import Index, build, open_index

# Whoever changes one of these changes what an index holds.
DECIDES = ("tokens", "definitions", "documents", "segment", "stored", "manifests", "index")

Ticket = Mapping[str, Any]


class Indexes:
    """cache: any folder that git ignores; those of another version of the code lie beside these, unused."""

    def __init__(self, cache: Path) -> None:
        self._folder = cache / f"indexes-{version()}"
        self._folder.mkdir(parents=True, exist_ok=True)

    def path(self, ticket: Ticket) -> Path:
        return self._folder / f"{ticket['id'].replace('/', '_')}.idx"

    def open(self, ticket: Ticket) -> Index:
        with self.path(ticket).open("rb") as file:
            return open_index(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))

    def make(self, tickets: Sequence[Ticket], trees: Trees, history: History) -> None:
        """Those that are missing. Facts are kept by path and blob within one repository, as a push keeps them."""
        missing = sorted((one for one in tickets if not self.path(one).exists()), key=lambda one: str(one["repo"]))
        facts: dict[tuple[str, str], FileFacts | None] = {}
        repo = ""
        for done, ticket in enumerate(missing):
            if ticket["repo"] != repo:
                repo, facts = ticket["repo"], {}
            self._make(ticket, trees, history, facts)
            if not (done + 1) % 10:
                print(f"  {done + 1} of {len(missing)} indexes built", file=sys.stderr, flush=True)

    def _make(
        self, ticket: Ticket, trees: Trees, history: History, facts: dict[tuple[str, str], FileFacts | None]
    ) -> None:
        files = trees.files(ticket["id"])
        for path, sha in files.items():
            if (path, sha) not in facts:
                facts[path, sha] = read_file(path, trees.content(sha), sha)
        found = (fact for each in files.items() if (fact := facts[each]))
        data = build(ticket["repo"], ticket["base_commit"], found, history.before(ticket["id"])).to_bytes()
        half = self.path(ticket).with_suffix(".half")
        half.write_bytes(data)
        half.rename(self.path(ticket))


def version() -> str:
    folder = Path(ferry.domain.retrieval.__path__[0])
    texts = [(folder / f"{name}.py").read_bytes() for name in DECIDES]
    return hashlib.blake2b(b"\0".join(texts), digest_size=6).hexdigest()
