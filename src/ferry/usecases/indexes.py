"""The indexes that are there now; nothing is built and nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping

from ferry.domain.errors import InvalidDocument, NotFound
from ferry.domain.retrieval.index import Index
from ferry.ports import ArtifactStore, Forge
from ferry.usecases.indexing import shelf


def stored_indexes(forge: Forge, artifacts: ArtifactStore) -> tuple[Mapping[str, Index], tuple[str, ...]]:
    """The newest index of each repository that the forge lists, and those that have none; archived ones are neither."""
    there, found, missing = shelf.stored(artifacts), {}, []
    for repo in sorted(ref.name for ref in forge.repositories() if not ref.archived):
        try:
            found[repo] = shelf.load(there[repo], artifacts)
        except (KeyError, NotFound, InvalidDocument):  # an index of another form counts as none
            missing.append(repo)
    return found, tuple(missing)
