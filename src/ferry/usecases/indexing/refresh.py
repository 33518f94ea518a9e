"""One repository's index brought to the head of its default branch; what was there stays until the new one is whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from ferry.domain.errors import InvalidDocument, NotFound
from ferry.domain.scope import Scope
from ferry.ports import ArtifactStore, Clock, Forge, RepositoryRef
from ferry.usecases.indexing import shelf
from ferry.usecases.indexing.making import Index, blobs, made
from ferry.usecases.indexing.past import BACKFILL, past
from ferry.usecases.indexing.tree import changes

SETTLING = timedelta(minutes=1)
"""A forge's times are whole seconds and may come late: what it says of the last minute is asked again."""


@dataclass(frozen=True)
class Library:
    """What indexes are made from and kept in. backfill: commits whose files one refresh may ask for."""

    forge: Forge
    artifacts: ArtifactStore
    clock: Clock
    scope: Scope = Scope()
    backfill: int = BACKFILL


class Holds(Protocol):
    """What a `Library` is made of, e.g. a world."""

    @property
    def forge(self) -> Forge: ...

    @property
    def artifacts(self) -> ArtifactStore: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def scope(self) -> Scope: ...


def library_of(world: Holds) -> Library:
    return Library(world.forge, world.artifacts, world.clock, world.scope)


class Done(StrEnum):
    FRESH = "fresh"
    BUILT = "built"
    UPDATED = "updated"
    EMPTY = "empty"
    LEFT_OUT = "left out"
    GONE = "gone"
    FAILED = "failed"


@dataclass(frozen=True)
class Refreshed:
    """What became of a repository's index. files: in the repository; read: of those, read now; detail: why."""

    repo: str
    done: Done
    sha: str = ""
    files: int = 0
    read: int = 0
    detail: str = ""


def refresh_named(repo: str, library: Library) -> Refreshed:
    """By name; the index of one that is gone, or renamed since, or not to be indexed any more, is removed."""
    try:
        ref = library.forge.repository(repo)
    except NotFound:
        shelf.remove(repo, library.artifacts)
        return Refreshed(repo, Done.GONE, detail="the forge has no such repository, or not for this credential")
    if ref.name.casefold() != repo.casefold():
        shelf.remove(repo, library.artifacts)
    return refresh(ref, library)


def refresh(ref: RepositoryRef, library: Library, *, anew: bool = False) -> Refreshed:
    """anew: also where there is one of this commit, because it cannot be read.

    What vendors raise flies, and the index is then as it was; NotFound for a repository that vanished meanwhile.
    """
    if why := library.scope.refusal(ref.name, archived=ref.archived, fork=ref.fork):
        shelf.remove(ref.name, library.artifacts)
        return Refreshed(ref.name, Done.LEFT_OUT, detail=why)
    as_of = _as_of(ref, library.clock.now())
    sha = library.forge.head(ref.name, ref.default_branch)
    if sha is None:
        shelf.remove(ref.name, library.artifacts)
        return Refreshed(ref.name, Done.EMPTY, detail=f"no commit on its default branch {ref.default_branch}")
    there = shelf.newest(ref.name, library.artifacts)
    if there and there.sha == sha and not anew:
        if there.as_of < as_of:
            shelf.restamp(there, as_of, library.artifacts)
        return Refreshed(ref.name, Done.FRESH, sha)
    old = None if anew or not there else _loaded(there, library.artifacts)
    known = blobs(old)
    found = changes(ref.name, sha, known, library.forge)
    index = made(ref.name, sha, old, known, found.changed, found.gone)
    index = index.with_history(past(ref.name, sha, old.history if old else (), library.forge, library.backfill))
    shelf.put(index, as_of, library.artifacts)
    detail = f"{found.unread} files are kept out of archives and were not read yet" if found.unread else ""
    return Refreshed(ref.name, Done.UPDATED if known else Done.BUILT, sha, found.files, found.read, detail)


def _loaded(there: shelf.Stored, artifacts: ArtifactStore) -> Index | None:
    try:
        return shelf.load(there, artifacts)
    except (NotFound, InvalidDocument):
        return None


def lags(ref: RepositoryRef, there: shelf.Stored | None) -> bool:
    """Whether the forge must be asked; False where nothing was pushed since the index was made."""
    return there is None or there.as_of < _compact(ref.changed_at)


def _as_of(ref: RepositoryRef, now: datetime) -> str:
    """To the microsecond, so that of two builders the one that looked later is told."""
    return min(_compact(ref.changed_at), shelf.moment(now - SETTLING))


def _compact(changed_at: str) -> str:
    """A repository that nobody ever pushed to has no time."""
    return shelf.moment(datetime.fromisoformat(changed_at) if changed_at else datetime(1970, 1, 1, tzinfo=UTC))
