"""Tool: read_file, for agents that read several repositories."""

from __future__ import annotations

from pydantic import Field

from ferry.agentkit.tool import Tool, ToolInput
from ferry.agentkit.tools import read_file as one_repository
from ferry.agentkit.trees import Trees


class ReadFile(ToolInput):
    """Read a text file of a repository. A long file comes in parts; the end of a part says how to read on."""

    repo: str = Field(description="owner/name")
    path: str = Field(description="Relative to the repository.")
    first_line: int = Field(default=1, ge=1, description="Begin here, counting from 1.")


def read_repository_file(trees: Trees) -> Tool[ReadFile]:
    def run(ask: ReadFile) -> str:
        reader = one_repository.read_file(trees.root(ask.repo))
        return reader.run(one_repository.ReadFile(path=ask.path, first_line=ask.first_line))

    return Tool(ReadFile, run, independent=True)
