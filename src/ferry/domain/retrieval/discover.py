"""All of discovery that needs no model: what a model may rerank and explain, and what stands where there is none."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.discovery import Discovery
from ferry.domain.errors import NothingFound
from ferry.domain.retrieval.complexity import complexity_of
from ferry.domain.retrieval.confidence import confidence_of
from ferry.domain.retrieval.dependencies import manifest_edges, touching
from ferry.domain.retrieval.index import Index
from ferry.domain.retrieval.query import read_query
from ferry.domain.retrieval.route import rank_repositories


def discover(title: str, text: str, indexes: Sequence[Index]) -> Discovery:
    """NothingFound when no repository has anything to do with the ticket's words."""
    ranked = rank_repositories(read_query(title, text), indexes)
    if not ranked:
        raise NothingFound(
            f"none of {len(indexes)} repositories has a word of the ticket; name a feature or a file in it"
        )
    best = ranked[0]
    dependencies = touching(manifest_edges(indexes), (repo.name for repo in ranked))
    return Discovery(
        repositories=ranked,
        dependencies=dependencies,
        complexity=complexity_of(ranked),
        approach=f"Begin with {best.files[0].path} in {best.name}; ranked by words alone, the code is not read yet.",
        confidence=confidence_of(ranked, dependencies),
    )
