"""The best files of all repositories in another order: the same files, no more and no fewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ferry.domain.discovery import Discovery, RankedFile, RankedRepository
from ferry.domain.retrieval.complexity import complexity

MOST = 20


@dataclass(frozen=True)
class Place:
    """One file of one repository."""

    repo: str
    file: RankedFile


def top_files(found: Discovery, most: int = MOST) -> tuple[Place, ...]:
    """The best of all, in the order of `found`: repository by repository, and in each the best first."""
    places = [Place(repo.name, file) for repo in found.repositories for file in repo.files]
    best = sorted(range(len(places)), key=lambda number: (-places[number].file.relevance, number))[:most]
    return tuple(places[number] for number in sorted(best))


def is_permutation(order: Sequence[int], length: int) -> bool:
    """Whether `order` has each number from 1 to `length` once."""
    return sorted(order) == list(range(1, length + 1))


def reordered(found: Discovery, places: Sequence[Place], order: Sequence[int], changed: int) -> Discovery:
    """`found` with `places` (of `top_files`) in the `order` of their numbers, counted from 1.

    changed: how many of the first have to change, by which the complexity is judged; with none of them nothing is sure.
    A repository goes where its first file goes. Relevances keep their values and change hands: among the files of a
    repository, and among repositories; so the order in which they were given changes nothing.
    ValueError for an order that is none of the same files.
    """
    if not is_permutation(order, len(places)):
        raise ValueError(f"the order is no permutation of 1 to {len(places)}")
    files = [places[number - 1] for number in order]
    repositories = _repositories(found, files)
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


def disputed(confidence: float) -> float:
    """Of a first repository that a model put in the place of another: at most what the other one left."""
    return round(min(confidence, 1 - confidence), 2)


def _repositories(found: Discovery, files: Sequence[Place]) -> tuple[RankedRepository, ...]:
    known = {repo.name: repo for repo in found.repositories}
    names = dict.fromkeys([*(place.repo for place in files), *known])
    worth = sorted((repo.relevance for repo in found.repositories), reverse=True)
    ranked = []
    for name, value in zip(names, worth, strict=True):
        better = [place.file for place in files if place.repo == name]
        ordered = _ordered(known[name].files, better)
        ranked.append(known[name].model_copy(update={"files": ordered, "relevance": value}))
    return tuple(ranked)


def _ordered(files: Sequence[RankedFile], better: Sequence[RankedFile]) -> tuple[RankedFile, ...]:
    """`better` first, then the rest of `files`; the relevances stay where they are."""
    moved = {file.path for file in better}
    wanted = [*better, *(file for file in files if file.path not in moved)]
    worth = sorted((file.relevance for file in files), reverse=True)
    return tuple(file.model_copy(update={"relevance": value}) for file, value in zip(wanted, worth, strict=True))
