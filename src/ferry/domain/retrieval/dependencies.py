"""Which repository needs which, as their manifests say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ferry.domain.discovery import Dependency, DependencyKind
from ferry.domain.retrieval.index import Index


def manifest_edges(indexes: Sequence[Index]) -> tuple[Dependency, ...]:
    """One edge for each requirement that another repository's project name answers; ordered by name."""
    owners: dict[str, str] = {}
    for index in sorted(indexes, key=lambda one: one.repo):
        for project in index.manifest.projects:
            owners.setdefault(project, index.repo)
    edges: dict[tuple[str, str], Dependency] = {}
    for index in sorted(indexes, key=lambda one: one.repo):
        for path, required in index.manifest.requires:
            owner = owners.get(required)
            if owner and owner != index.repo:
                edges.setdefault((index.repo, owner), _edge(index.repo, owner, path, required))
    return tuple(edges.values())


def touching(edges: Iterable[Dependency], repositories: Iterable[str]) -> tuple[Dependency, ...]:
    """Those with both ends among `repositories`, or whose needed end is: a change there reaches the other."""
    names = set(repositories)
    return tuple(edge for edge in edges if edge.from_ in names or edge.to in names)


def merged(said: Iterable[Dependency], found: Iterable[Dependency]) -> tuple[Dependency, ...]:
    """`said` by somebody, and all that was `found` in manifests: none of those is lost, nor what proves it."""
    edges = {(edge.from_, edge.to): edge for edge in said}
    for edge in found:
        known = edges.get((edge.from_, edge.to))
        if known is None:
            edges[edge.from_, edge.to] = edge
        elif edge.description not in known.description:
            description = f"{known.description} ({edge.description})"
            edges[edge.from_, edge.to] = known.model_copy(update={"description": description})
    return tuple(edges.values())


def _edge(repo: str, owner: str, path: str, required: str) -> Dependency:
    description = f"{repo.rpartition('/')[2]}'s {path} requires {required}"
    return Dependency(from_=repo, to=owner, kind=DependencyKind.SHARED_LIB, description=description)
