"""The best files of all repositories in another order: the same files, no more and no fewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ferry.domain.discovery import Discovery, RankedFile, RankedRepository
from ferry.domain.retrieval.complexity import complexity
from ferry.domain.retrieval.confidence import disputed

MOST = 20


@dataclass(frozen=True)
class Place:
    """One file of one repository."""

    repo: str
    file: RankedFile


def top_files(found: Discovery, most: int = MOST) -> tuple[Place, ...]:
    """Best first; ties stay in the order of the repositories."""
    places = [Place(repo.name, file) for repo in found.repositories for file in repo.files]
    return tuple(sorted(places, key=lambda place: -place.file.relevance)[:most])


def is_permutation(order: Sequence[int], length: int) -> bool:
    """Whether `order` has each number from 1 to `length` once."""
    return sorted(order) == list(range(1, length + 1))


def reordered(found: Discovery, places: Sequence[Place], order: Sequence[int], changed: int) -> Discovery:
    """`found` with `places` (of `top_files`) in the `order` of their numbers, counted from 1.

    changed: how many of the first have to change, by which the complexity is judged; with none of them nothing is sure.
    A repository goes where its best file goes. Relevances keep their values and change hands.
    ValueError for an order that is none of the same files.
    """
    if not is_permutation(order, len(places)):
        raise ValueError(f"the order is no permutation of 1 to {len(places)}")
    files = [places[number - 1] for number in order]
    worth = [place.file.relevance for place in places]
    best = [Place(one.repo, _worth(one.file, value)) for one, value in zip(files, worth, strict=True)]
    repositories = _repositories(found, places, best)
    must = [place.repo for place in files[:changed]]
    agreed = repositories[0].name == found.repositories[0].name
    sure = found.confidence if agreed else disputed(found.confidence)
    return found.model_copy(
        update={
            "repositories": repositories,
            "complexity": complexity(len(set(must)), len(must)) if must else found.complexity,
            "confidence": sure if must else 0.0,
        }
    )


def _repositories(found: Discovery, places: Sequence[Place], best: Sequence[Place]) -> tuple[RankedRepository, ...]:
    moved = {(place.repo, place.file.path) for place in places}
    names = dict.fromkeys([*(place.repo for place in best), *(repo.name for repo in found.repositories)])
    known = {repo.name: repo for repo in found.repositories}
    worth = sorted((repo.relevance for repo in found.repositories), reverse=True)
    ranked = []
    for name, value in zip(names, worth, strict=True):
        rest = [file for file in known[name].files if (name, file.path) not in moved]
        files = (*(place.file for place in best if place.repo == name), *rest)
        ranked.append(known[name].model_copy(update={"files": files, "relevance": value}))
    return tuple(ranked)


def _worth(file: RankedFile, relevance: float) -> RankedFile:
    return file.model_copy(update={"relevance": relevance})
