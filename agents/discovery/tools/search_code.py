"""Tool: search_code."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from ferry.agentkit.tool import Tool, ToolInput
from ferry.domain.retrieval.index import Index
from ferry.domain.retrieval.query import read_query, statistics
from ferry.domain.retrieval.rank import rank_files, why

MOST = 20


class SearchCode(ToolInput):
    """Search the files of all repositories; best first, each with what matches: a name it defines, its path, words.

    Names are found by their parts: "order total" finds OrderTotal.
    """

    query: str = Field(min_length=1, max_length=500, description="Words, names of code, or paths.")


def search_code(indexes: Sequence[Index]) -> Tool[SearchCode]:
    def run(ask: SearchCode) -> str:
        query = read_query(ask.query)
        worth = statistics(query, indexes)
        hits = [hit for index in indexes for hit in rank_files(query, index, worth)]
        hits.sort(key=lambda hit: (-hit.score, hit.repo, hit.path))
        return "\n".join(
            f"{hit.repo} {hit.path} ({hit.kind}): {'; '.join(why(query, hit))}" for hit in hits[:MOST]
        ) or ("(nothing matches)")

    return Tool(SearchCode, run)
