"""Tool: find_file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import Field

from ferry.agentkit.tool import Tool, ToolInput
from ferry.domain.retrieval.index import Index

MOST = 20


class FindFile(ToolInput):
    """Find files of the organisation by the end of their path, and the repositories that define a name.

    A stack trace names paths as they are where the code runs: try the last two parts.
    """

    path: str = Field(default="", max_length=300, description="The end of a path, e.g. billing/rules.py.")
    name: str = Field(default="", max_length=200, description="A function or class that the file defines.")


def find_file(indexes: Sequence[Index]) -> Tool[FindFile]:
    def run(ask: FindFile) -> str:
        found = [line for index in indexes for line in dict.fromkeys(_found(index, ask))]
        return "\n".join(found[:MOST]) or "(nothing is called so)"

    return Tool(FindFile, run, independent=True)


def _found(index: Index, ask: FindFile) -> Iterator[str]:
    end = ask.path.strip("/").casefold()
    for path in index.paths:
        if end and f"/{path}".casefold().endswith(f"/{end}"):
            yield f"{index.repo} {path}"
    for number in index.defining(ask.name):
        yield f"{index.repo} {index.files[number].path} defines {ask.name}"
