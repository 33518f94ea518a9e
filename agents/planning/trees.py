"""The files that planning may read: of the ranked repositories, at the commits that the plan will start from."""

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
    forge: Forge
    folder: Path
    shas: Mapping[str, str]

    def root(self, repo: str) -> Path:
        """Folder with the files of `repo`, downloaded when first asked for; ToolError for one that was not ranked."""
        if repo not in self.shas:
            raise ToolError(f"{repo} was not ranked by discovery; there are: {', '.join(self.shas)}")
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
