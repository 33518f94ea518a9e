"""Tool: list_files."""

from __future__ import annotations

from pydantic import Field

from ferry.agentkit.tool import Tool, ToolInput
from ferry.agentkit.tools import list_files as one_repository
from ferry.agentkit.trees import Trees


class ListFiles(ToolInput):
    """List the files of a repository, one path per line."""

    repo: str = Field(description="owner/name")
    prefix: str = Field(default="", description="Only paths that begin with this, e.g. src/; all if empty.")


def list_files(trees: Trees) -> Tool[ListFiles]:
    def run(ask: ListFiles) -> str:
        lister = one_repository.list_files(trees.root(ask.repo))
        return lister.run(one_repository.ListFiles(prefix=ask.prefix))

    return Tool(ListFiles, run, independent=True)
