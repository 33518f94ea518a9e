"""Tool: read_file."""

from __future__ import annotations

from pydantic import Field

from agents.discovery.corpus import Corpus, unknown
from ferry.agentkit.tool import Tool, ToolError, ToolInput
from ferry.agentkit.tools import read_file as one_repository


class ReadFile(ToolInput):
    """Read a text file of a repository. A long file comes in parts; the end of a part says how to read on."""

    repo: str = Field(description="owner/name")
    path: str = Field(description="Relative to the repository.")
    first_line: int = Field(default=1, ge=1, description="Begin here, counting from 1.")


def read_file(corpus: Corpus) -> Tool[ReadFile]:
    def run(ask: ReadFile) -> str:
        if ask.repo not in corpus.indexes:
            raise ToolError(unknown(ask.repo, tuple(corpus.indexes)))
        reader = one_repository.read_file(corpus.root(ask.repo))
        return reader.run(one_repository.ReadFile(path=ask.path, first_line=ask.first_line))

    return Tool(ReadFile, run)
