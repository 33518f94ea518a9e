"""The trees of the benchmark, read from their git objects: no checkout, and a shared blob is read once."""

from __future__ import annotations

import gzip
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ferry.domain.retrieval.index import Commit

LINK, SUBMODULE = "120000", "160000"


class Trees:
    """git: the bare repository that make_trees.py built, one branch per ticket."""

    def __init__(self, git: Path, reader: subprocess.Popen[bytes]) -> None:
        self._git, self._reader = git, reader

    def files(self, ticket: str) -> dict[str, str]:
        """Path → blob's SHA of every regular file; links and submodules are no files."""
        command = ["git", "--git-dir", str(self._git), "ls-tree", "-r", "-z", reference(ticket)]
        listed = subprocess.run(command, check=True, capture_output=True).stdout.decode("utf-8", "surrogateescape")
        rows = (row.partition("\t") for row in listed.split("\0") if row)
        found = {path: about.split() for about, _, path in rows}
        return {
            path: sha
            for path, (mode, _, sha) in sorted(found.items())
            if mode not in (LINK, SUBMODULE) and path.isprintable()
        }

    def content(self, sha: str) -> bytes:
        assert self._reader.stdin
        assert self._reader.stdout
        self._reader.stdin.write(f"{sha}\n".encode())
        self._reader.stdin.flush()
        size = int(self._reader.stdout.readline().split()[2])
        return self._reader.stdout.read(size + 1)[:-1]


@contextmanager
def open_trees(git: Path) -> Iterator[Trees]:
    command = ["git", "--git-dir", str(git), "cat-file", "--batch"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        yield Trees(git, reader)


def reference(ticket: str) -> str:
    return f"refs/heads/{ticket.replace('/', '_')}"


class History:
    """folder: the benchmark's `history/`: the commits before each ticket's tree, newest first."""

    def __init__(self, folder: Path, name: str = "dev") -> None:
        with gzip.open(folder / f"{name}-commits.jsonl.gz", "rt") as lines:
            commits = [json.loads(line) for line in lines]
        self._commits = {one["sha"]: Commit(one["subject"], tuple(one["files"])) for one in commits}
        with gzip.open(folder / f"{name}-index.json.gz", "rt") as text:
            self._of: dict[str, list[str]] = json.load(text)

    def before(self, ticket: str) -> list[Commit]:
        return [self._commits[sha] for sha in self._of.get(ticket, ()) if sha in self._commits]
