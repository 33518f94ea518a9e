"""Tool: search_code."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from ferry.agentkit.tool import Tool, ToolInput
from ferry.domain.retrieval.find import find
from ferry.domain.retrieval.index import Index

MOST = 20


class SearchCode(ToolInput):
    """Search the files of all repositories; best first, each with what matches: a name it defines, its path, words.

    Names are found by their parts: "order total" finds OrderTotal.
    """

    query: str = Field(min_length=1, max_length=500, description="Words, names of code, or paths.")


def search_code(indexes: Sequence[Index]) -> Tool[SearchCode]:
    def run(ask: SearchCode) -> str:
        hits = find(ask.query, "", indexes, MOST)
        return "\n".join(f"{hit.repo} {hit.path} ({hit.kind}): {'; '.join(hit.evidence)}" for hit in hits) or (
            "(nothing matches)"
        )

    return Tool(SearchCode, run)
