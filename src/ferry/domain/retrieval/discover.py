"""All of discovery that needs no model: what a model may rerank and explain, and what stands where there is none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ferry.domain.discovery import Discovery, FileKind, RankedFile, RankedRepository
from ferry.domain.errors import NothingFound
from ferry.domain.retrieval.complexity import complexity_of
from ferry.domain.retrieval.confidence import Confidence, confidence
from ferry.domain.retrieval.dependencies import edges
from ferry.domain.retrieval.index import Index
from ferry.domain.retrieval.owners import Owners
from ferry.domain.retrieval.query import read_query
from ferry.domain.retrieval.rank import Hit, rank_files
from ferry.domain.retrieval.route import Routed, route

MOST_REPOSITORIES, MOST_FILES = 10, 10
BY_KIND = {FileKind.SOURCE: 10, FileKind.TEST: 3, FileKind.CONFIG: 2}
TOLD_FILES = 3
LEAST = 0.2
STEEP = 6.0  # a score so much lower means a relevance of 1/e


@dataclass(frozen=True)
class Found:
    """What words alone say. hits: files of each repository, best first."""

    discovery: Discovery
    confidence: Confidence


def discover(title: str, text: str, indexes: Sequence[Index]) -> Discovery:
    """NothingFound when no repository has anything to do with the ticket's words."""
    return look(title, text, indexes).discovery


def look(title: str, text: str, indexes: Sequence[Index]) -> Found:
    """As `discover`, with how sure it is."""
    query = read_query(title, text)
    routed = route(query, indexes)[:MOST_REPOSITORIES]
    files = {one.index.repo: rank_files(query, one.index, 200) for one in routed if relevance(one, routed) >= LEAST}
    ranked = tuple(_ranked(one, relevance(one, routed), hits) for one in routed if (hits := files.get(one.index.repo)))
    if not ranked:
        raise NothingFound(
            f"none of {len(indexes)} repositories has a word of the ticket; name a feature or a file in it"
        )
    best = ranked[0]
    discovery = Discovery(
        repositories=ranked,
        dependencies=edges(indexes, [repo.name for repo in ranked]),
        complexity=complexity_of(ranked),
        approach=f"Begin with {best.files[0].path} in {best.name}; ranked by words alone, the code is not read yet.",
    )
    sure = confidence(routed, files[best.name])
    return Found(discovery.model_copy(update={"confidence": round(sure.repository, 2)}), sure)


def relevance(one: Routed, routed: Sequence[Routed]) -> float:
    """1 for the best, falling with the distance in log-odds."""
    return math.exp((one.score - routed[0].score) / STEEP)


def _ranked(one: Routed, share: float, hits: Sequence[Hit]) -> RankedRepository:
    top = max(hit.score for hit in hits) or 1.0
    kinds = [[hit for hit in hits if hit.kind is kind][:most] for kind, most in BY_KIND.items()]
    files = [hit for group in kinds for hit in group][:MOST_FILES]
    owners = one.index.owners
    return RankedRepository(
        name=one.index.repo,
        relevance=round(share, 2),
        reason=f"{files[0].path} fits the ticket best here",
        evidence=tuple(
            f"{hit.path} {line}" for hit in files[:TOLD_FILES] for line in (*hit.evidence, *_owned(hit, owners))
        ),
        files=tuple(
            RankedFile(
                path=hit.path,
                kind=hit.kind,
                relevance=max(0.0, round(hit.score / top, 2)),
                owners=owners.of(hit.path),
            )
            for hit in files
        ),
    )


def _owned(hit: Hit, owners: Owners) -> tuple[str, ...]:
    names = ", ".join(owners.of(hit.path))
    return (f"is owned by {names} (CODEOWNERS)",) if names else ()
