"""The files of several repositories, each at one commit, downloaded when first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ferry.agentkit.tool import ToolError
from ferry.ports import Forge


@dataclass(frozen=True)
class Trees:
    """shas: the commit of each repository that may be read."""

    forge: Forge
    folder: Path
    shas: Mapping[str, str]

    def root(self, repo: str) -> Path:
        """Folder with the files of `repo`; ToolError for one that may not be read."""
        if repo not in self.shas:
            raise ToolError(f"{repo} is not among the repositories; there are: {', '.join(self.shas)}")
        root = self.folder / repo
        if not root.exists():
            root.mkdir(parents=True)
            self.forge.download(repo, self.shas[repo], root)
        return root


@contextmanager
def trees(forge: Forge, shas: Mapping[str, str]) -> Iterator[Trees]:
    """Everything is gone afterwards."""
    with TemporaryDirectory(prefix="ferry-", ignore_cleanup_errors=True) as folder:
        yield Trees(forge, Path(folder), shas)
