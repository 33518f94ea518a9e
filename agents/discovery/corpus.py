"""What discovery looks at: an index of every repository, brought up to date as far as a step has time for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

from ferry.domain.errors import InvalidDocument, NotFound, TransientError, VendorRefused
from ferry.domain.retrieval.index import Index
from ferry.domain.scope import Scope
from ferry.domain.words import moment
from ferry.ports import ArtifactStore, Clock, Forge, RepositoryRef
from ferry.usecases.indexing import shelf
from ferry.usecases.indexing.refresh import Library, lags, refresh

SMALL = 50_000
"""Kilobytes of a repository that a step may still read as a whole; larger ones are for `python -m ferry index`."""
READERS = 8
BACKFILL = 5
"""Commits of a repository whose files a step asks for: about a push. The rest is the business of those with time."""


@dataclass(frozen=True)
class Care:
    """scope: which repositories are looked at; seconds: that a step may spend on indexes that lag or are missing."""

    scope: Scope = Scope()
    seconds: int = 120


@dataclass(frozen=True)
class Corpus:
    """left_out: why a repository is not among `indexes`; old: since when one is as it was, and why. Both by name."""

    indexes: Mapping[str, Index]
    left_out: Mapping[str, str]
    old: Mapping[str, str] = field(default_factory=dict)


def corpus(forge: Forge, artifacts: ArtifactStore, clock: Clock, care: Care | None = None) -> Corpus:
    """What is fresh is loaded and nothing more; what lags is refreshed, and stays as it is when that fails or there is
    no time. Transient errors fly where there is nothing yet to fall back on."""
    care = care or Care()
    library = Library(forge, artifacts, clock, care.scope, BACKFILL)
    ends = clock.now() + timedelta(seconds=care.seconds)
    there = shelf.stored(artifacts)
    refs = [ref for ref in forge.repositories() if not _refusal(ref, care.scope)]
    left_out: dict[str, str] = {}
    old: dict[str, str] = {}
    # Those that have no index yet come first: without one they would not be found at all.
    for ref in sorted((one for one in refs if lags(one, there.get(one.name))), key=lambda one: _order(one, there)):
        has = there.get(ref.name)
        why = _not_now(ref, has, late=clock.now() >= ends) or _refreshed(ref, library, has)
        if why and has:
            old[ref.name] = f"its index is of {has.when}, and it changed at {moment(ref.changed_at)} ({why})"
        elif why:
            left_out[ref.name] = why
    indexes = _loaded([ref for ref in refs if ref.name not in left_out], library, left_out)
    old = {repo: why for repo, why in sorted(old.items()) if repo in indexes}
    return Corpus(indexes, dict(sorted(left_out.items())), old)


def unknown(repo: str, known: Sequence[str]) -> str:
    """What to tell a model that asks for a repository which is not there."""
    return f"{repo} is not among the repositories; there are: {', '.join(known)}"


def _order(ref: RepositoryRef, there: Mapping[str, shelf.Stored]) -> tuple[bool, int, str]:
    return ref.name in there, ref.kilobytes, ref.name


def _not_now(ref: RepositoryRef, has: shelf.Stored | None, *, late: bool) -> str:
    if not has and ref.kilobytes > SMALL:
        return f"it has no index yet and is large: python -m ferry index --repo {ref.name}"
    if late:
        return "no time was left to refresh it" if has else "no time was left to index it: python -m ferry index"
    return ""


def _refreshed(ref: RepositoryRef, library: Library, has: shelf.Stored | None) -> str:
    """Why it could not be; "" when it is. A repository without a commit says so."""
    try:
        done = refresh(ref, library)
        return "" if done.sha else done.detail
    except (NotFound, VendorRefused) as error:
        return str(error)
    except TransientError as error:
        if not has:
            raise
        return str(error)


def _loaded(refs: Sequence[RepositoryRef], library: Library, left_out: dict[str, str]) -> dict[str, Index]:
    """Together, because most of the time is waiting for the store."""
    there = shelf.stored(library.artifacts)
    with ThreadPoolExecutor(READERS) as pool:
        found = dict(zip(refs, pool.map(lambda ref: _load(there.get(ref.name), library.artifacts), refs), strict=True))
    indexes = {}
    for ref, index in found.items():
        # One that cannot be read is of another make or damaged, and is made anew.
        index = index or _anew(ref, library, left_out)
        if index:
            indexes[ref.name] = index
    return dict(sorted(indexes.items()))


def _load(found: shelf.Stored | None, artifacts: ArtifactStore) -> Index | None:
    try:
        return shelf.load(found, artifacts) if found else None
    except (NotFound, InvalidDocument):
        return None


def _anew(ref: RepositoryRef, library: Library, left_out: dict[str, str]) -> Index | None:
    try:
        refresh(ref, library, anew=True)
        found = shelf.newest(ref.name, library.artifacts)
        if found:
            return shelf.load(found, library.artifacts)
        left_out[ref.name] = "it has no commit on its default branch"
    except (NotFound, VendorRefused) as error:
        left_out[ref.name] = str(error)
    return None


def _refusal(ref: RepositoryRef, scope: Scope) -> str:
    return scope.refusal(ref.name, archived=ref.archived, fork=ref.fork)
