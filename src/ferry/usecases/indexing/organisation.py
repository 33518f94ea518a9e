"""Every index of an organisation, one repository after the other: a job that goes on where it was when run again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

from ferry.domain.errors import FerryError, NotFound, RateLimited
from ferry.ports import RepositoryRef
from ferry.usecases.indexing import shelf
from ferry.usecases.indexing.refresh import Done, Library, Refreshed, lags, refresh, refresh_named

LONGEST_WAIT = 3700.0
"""Seconds; GitHub's limits start anew every hour."""
MOST_WAITS = 3
UNSAID = 60.0
T = TypeVar("T")


class Progress(Protocol):
    def done(self, what: Refreshed, seconds: float) -> None: ...

    def waits(self, seconds: float, why: str) -> None: ...


@dataclass(frozen=True)
class Summary:
    """rows: what was done, in order; stopped: why the job ended early, "" when it did not."""

    rows: tuple[Refreshed, ...]
    stopped: str = ""

    @property
    def well(self) -> bool:
        return not self.stopped and not any(row.done is Done.FAILED for row in self.rows)


Work = tuple[str, Callable[[], Refreshed]]


def index_organisation(library: Library, progress: Progress, *, org: str = "", names: Sequence[str] = ()) -> Summary:
    """names: of those repositories alone, and without looking for those that are gone. What listing raises flies.

    One that cannot be read does not stop the others; a limit that lasts too long and Ctrl-C do, between two of them.
    """
    rows: list[Refreshed] = []
    try:
        refs = _patient(lambda: library.forge.repositories(org), library, progress)
        for name, work in _named(names, refs, library) if names else _all(refs, org, library):
            begun = library.clock.now()
            rows.append(_one(name, work, library, progress))
            progress.done(rows[-1], (library.clock.now() - begun).total_seconds())
    except RateLimited as limited:
        return Summary(tuple(rows), str(limited))
    except KeyboardInterrupt:
        return Summary(tuple(rows), "interrupted")
    return Summary(tuple(rows))


def _all(refs: Sequence[RepositoryRef], org: str, library: Library) -> Iterator[Work]:
    there = shelf.stored(library.artifacts)
    for ref in sorted(refs, key=lambda one: one.name):
        yield ref.name, partial(_brought_up, ref, there.get(ref.name), library)
    for repo in gone(refs, list(there), org):
        yield repo, partial(_removed, repo, library)


def gone(refs: Sequence[RepositoryRef], there: Sequence[str], org: str = "") -> list[str]:
    """Indexed repositories that the forge does not list any more. A forge that lists nothing proves nothing."""
    listed = {ref.name for ref in refs}
    ours = [repo for repo in there if not org or repo.partition("/")[0].casefold() == org.casefold()]
    return sorted(repo for repo in ours if repo not in listed) if listed else []


def _named(names: Sequence[str], refs: Sequence[RepositoryRef], library: Library) -> Iterator[Work]:
    """NotFound for a name without an owner that nothing listed has."""
    listed = {key: ref.name for ref in refs for key in (ref.name.casefold(), ref.name.partition("/")[2].casefold())}
    for name in names:
        whole = listed.get(name.casefold(), name)
        if "/" not in whole:
            raise NotFound(f"no repository {name} is listed; give it as owner/name to have its index removed")
        yield whole, partial(refresh_named, whole, library)


def _brought_up(ref: RepositoryRef, there: shelf.Stored | None, library: Library) -> Refreshed:
    if there and not lags(ref, there) and not library.scope.refusal(ref.name, archived=ref.archived, fork=ref.fork):
        return Refreshed(ref.name, Done.FRESH, there.sha)
    return refresh(ref, library)


def _removed(repo: str, library: Library) -> Refreshed:
    shelf.remove(repo, library.artifacts)
    return Refreshed(repo, Done.GONE, detail="the forge does not list it any more")


def _one(name: str, work: Callable[[], Refreshed], library: Library, progress: Progress) -> Refreshed:
    try:
        return _patient(work, library, progress)
    except RateLimited:
        raise
    except FerryError as error:
        return Refreshed(name, Done.FAILED, detail=str(error))


def _patient(call: Callable[[], T], library: Library, progress: Progress) -> T:
    """RateLimited when the forge asks for more than an hour, or again and again."""
    for _ in range(MOST_WAITS):
        try:
            return call()
        except RateLimited as limited:
            seconds = UNSAID if limited.retry_after is None else limited.retry_after + 1
            if seconds > LONGEST_WAIT:
                raise
            progress.waits(seconds, str(limited))
            library.clock.sleep(seconds)
    return call()
