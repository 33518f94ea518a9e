"""Mend of indexes that lag behind their repositories: a push was not told, or a build failed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from ferry.domain.words import moment
from ferry.ports import RepositoryRef
from ferry.usecases.indexing import shelf
from ferry.usecases.indexing.organisation import gone
from ferry.usecases.indexing.refresh import lags
from ferry.usecases.mend import mend
from ferry.usecases.world import World

MOST = 20
"""A sweep; a whole organisation is `python -m ferry index`."""


def refresh_indexes(world: World) -> int:
    """The latest pushed to first; what could not be built is tried again every hour. Indexes of what is gone go too."""
    refs, there = world.forge.repositories(), shelf.stored(world.artifacts)
    found, hour = 0, world.clock.now().strftime("%Y%m%d%H")
    for repo in gone(refs, list(there)):
        found += mend(f"index:{repo}:gone:{hour}", "index", world, partial(_removed, repo, world))
    for ref in sorted(refs, key=lambda one: one.changed_at, reverse=True):
        if found < MOST and _needed(ref, there.get(ref.name), world):
            found += mend(f"index:{ref.name}:{hour}", "index", world, partial(_asked, ref, there, world))
    return found


def _needed(ref: RepositoryRef, there: shelf.Stored | None, world: World) -> bool:
    """Also where one is left that must not be there."""
    if world.scope.refusal(ref.name, archived=ref.archived, fork=ref.fork):
        return there is not None
    return lags(ref, there)


def _asked(ref: RepositoryRef, there: Mapping[str, shelf.Stored], world: World) -> str:
    world.indexer.refresh(ref.name)
    known = there.get(ref.name)
    return f"{ref.name} was changed at {moment(ref.changed_at)}; its index is " + (
        f"of {known.when}" if known else "not there"
    )


def _removed(repo: str, world: World) -> str:
    shelf.remove(repo, world.artifacts)
    return f"{repo} is not listed any more; its index was removed"
