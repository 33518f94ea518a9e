"""The files of several repositories, each at one commit, downloaded when first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from threading import Lock

from ferry.agentkit.tool import Refused
from ferry.ports import Forge


@dataclass(frozen=True)
class Trees:
    """shas: the commit of each repository that may be read."""

    forge: Forge
    folder: Path
    shas: Mapping[str, str]
    _lock: Lock = field(default_factory=Lock)

    def has(self, repo: str) -> bool:
        """Whether its files are here already."""
        return (self.folder / repo).exists()

    def root(self, repo: str) -> Path:
        """Folder with the files of `repo`; Refused for one that may not be read."""
        if repo not in self.shas:
            raise Refused(f"{repo} is not among the repositories; there are: {', '.join(self.shas)}")
        root = self.folder / repo
        with self._lock:
            if not root.exists():
                # A download that fails half-way must not look like the repository when it is tried again.
                half = Path(mkdtemp(dir=self.folder))
                self.forge.download(repo, self.shas[repo], half)
                root.parent.mkdir(parents=True, exist_ok=True)
                half.rename(root)
        return root


@contextmanager
def trees(forge: Forge, shas: Mapping[str, str]) -> Iterator[Trees]:
    """Everything is gone afterwards."""
    with TemporaryDirectory(prefix="ferry-", ignore_cleanup_errors=True) as folder:
        yield Trees(forge, Path(folder), shas)
