"""A bare git repository: objects are read through one `git cat-file --batch`, blobs and commits written directly.

A call of the API costs no process at all where it only reads or writes objects; trees, diffs, logs and refs take one
to three. Formats: gitrepository-layout(5), git-cat-file(1), git-diff-tree(1) "raw output format".
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tempfile
import threading
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.standins.github.commits import Commit, parse_commit

ZERO = "0" * 40
_HEADER = re.compile(r"(?P<sha>[0-9a-f]{40}) (?P<kind>blob|tree|commit|tag) (?P<size>\d+)\n")
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
# No configuration of the machine or the user, so that the same call means the same everywhere.
ENVIRONMENT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C.UTF-8",
}


class GitError(RuntimeError):
    """git said no; the message is what it wrote to stderr, `status` what it exited with."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class GitObject:
    """kind: blob, tree, commit or tag."""

    sha: str
    kind: str
    data: bytes


@dataclass(frozen=True)
class TreeEntry:
    """size is None but for blobs."""

    mode: str
    kind: str
    sha: str
    path: str
    size: int | None = None


class Repository:
    """`name` is the folder's name without ``.git``. Safe for several threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name.removesuffix(".git")
        self.lock = threading.RLock()
        self._batch: subprocess.Popen[bytes] | None = None
        self._reading = threading.Lock()

    def run(self, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
        """stdout of one git command; GitError when it fails."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, input=stdin, capture_output=True, env={**ENVIRONMENT, **(env or {})}
        )
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip() or f"git {arguments[0]}: {done.returncode}"
            raise GitError(said, done.returncode)
        return done.stdout

    def read(self, name: str) -> GitObject | None:
        """The object that a SHA, ref or ``rev:path`` names."""
        if not name or "\n" in name:
            return None
        with self._reading:
            process = self._reader()
            assert process.stdin is not None  # noqa: S101 - opened with PIPE
            assert process.stdout is not None  # noqa: S101
            process.stdin.write(name.encode() + b"\n")
            process.stdin.flush()
            header = _HEADER.fullmatch(process.stdout.readline().decode(errors="replace"))
            if header is None:  # "NAME missing" or "NAME ambiguous"
                return None
            data = process.stdout.read(int(header["size"]) + 1)[:-1]
        return GitObject(header["sha"], header["kind"], data)

    def _reader(self) -> subprocess.Popen[bytes]:
        if self._batch is None or self._batch.poll() is not None:
            self._batch = subprocess.Popen(
                ["git", "cat-file", "--batch"],
                cwd=self.path,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=ENVIRONMENT,
            )
        return self._batch

    def close(self) -> None:
        with self._reading:
            if self._batch is not None:
                self._batch.communicate()
                self._batch = None

    def write(self, kind: str, data: bytes) -> str:
        """Store a loose object; its SHA."""
        raw = f"{kind} {len(data)}".encode() + b"\0" + data
        sha = hashlib.sha1(raw, usedforsecurity=False).hexdigest()
        target = self.path / "objects" / sha[:2] / sha[2:]
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
                file.write(zlib.compress(raw, 1))
            Path(file.name).replace(target)
        return sha

    def commit(self, name: str) -> Commit | None:
        """The commit that a SHA, branch, tag or ref names; a branch wins over a SHA only by its full ref name."""
        found = self.read(f"refs/heads/{name}^{{commit}}") or self.read(f"{name}^{{commit}}")
        return parse_commit(found.sha, found.data) if found else None

    def head(self, branch: str) -> str | None:
        found = self.read(f"refs/heads/{branch}")
        return found.sha if found else None

    @property
    def default_branch(self) -> str:
        return (self.path / "HEAD").read_text().strip().removeprefix("ref: refs/heads/")

    def refs(self, prefix: str = "refs/") -> dict[str, str]:
        """Full ref names under `prefix` (``refs/heads`` or ``refs/heads/a``: whole segments) to SHAs."""
        lines = self.run("for-each-ref", "--format=%(objectname) %(refname)", prefix).decode().splitlines()
        return {ref: sha for sha, ref in (line.split(" ", 1) for line in lines)}

    def update_ref(self, ref: str, new: str, old: str) -> None:
        """Compare-and-set; ZERO as `new` deletes and as `old` creates. GitError when `old` is not what is there."""
        if new == ZERO:
            self.run("update-ref", "-d", ref, old)
        else:
            self.run("update-ref", ref, new, old)

    def tree(self, sha: str, *, recursive: bool) -> list[TreeEntry]:
        flags = ["-r", "-t"] if recursive else []
        output = self.run("ls-tree", "-z", "-l", *flags, sha).decode(errors="surrogateescape")
        return [_tree_entry(line) for line in output.split("\0") if line]

    def write_tree(self, base: str | None, entries: Sequence[tuple[str, str, str]]) -> str:
        """A tree from `base` with (mode, sha, path) laid over it; mode "0" deletes. GitError for a bad entry."""
        with tempfile.TemporaryDirectory() as folder:
            env = {"GIT_INDEX_FILE": f"{folder}/index"}
            if base:
                self.run("read-tree", base, env=env)
            lines = "".join(f"{mode} {sha}\t{path}\0" for mode, sha, path in entries)
            self.run("update-index", "-z", "--replace", "--index-info", stdin=lines.encode(), env=env)
            return self.run("write-tree", env=env).decode().strip()

    def is_ancestor(self, old: str, new: str) -> bool:
        try:
            self.run("merge-base", "--is-ancestor", old, new)
        except GitError:
            return False
        return True

    def merge_base(self, one: str, other: str) -> str | None:
        try:
            return self.run("merge-base", one, other).decode().strip()
        except GitError:
            return None

    def merge_tree(self, ours: str, theirs: str) -> str | None:
        """The tree of two commits merged, None when they conflict (git-merge-tree(1), since git 2.38)."""
        try:
            return self.run("merge-tree", "--write-tree", ours, theirs).decode().strip()
        except GitError as error:
            if error.status != 1:
                raise
            return None

    def log(self, *arguments: str) -> list[Commit]:
        """Commits of `git rev-list ARGUMENTS`, newest first."""
        shas = self.run("rev-list", *arguments).decode().split()
        return [commit for sha in shas if (commit := self.commit(sha))]


def _tree_entry(line: str) -> TreeEntry:
    facts, path = line.split("\t", 1)
    mode, kind, sha, size = facts.split()
    return TreeEntry(mode, kind, sha, path, int(size) if size != "-" else None)
