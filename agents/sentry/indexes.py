"""The indexes that discovery has left in the artifact store; nothing is downloaded and nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping

from ferry.domain.errors import InvalidDocument, NotFound, VendorRefused
from ferry.domain.retrieval.index import Index, open_index
from ferry.ports import ArtifactStore, Forge


def stored_indexes(forge: Forge, artifacts: ArtifactStore) -> Mapping[str, Index]:
    """By repository, of its default branch's head where that is indexed, else of any commit that is."""
    found: dict[str, Index] = {}
    for repo in sorted(forge.repositories()):
        keys = artifacts.keys(f"index/{repo.replace('/', '+')}/")
        if not keys:
            continue
        try:
            head = forge.head(repo, forge.default_branch(repo))
            found[repo] = open_index(artifacts.get(next((key for key in keys if f"/{head}." in key), keys[-1])))
        except (NotFound, VendorRefused, InvalidDocument):
            continue  # an index of an older form, or a repository that went away: the trace is still there
    return found
