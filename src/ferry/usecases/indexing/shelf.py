"""Where indexes lie: one per repository in the artifact store, found by its name, its commit and when that was so.

``index/<owner>+<name>/<as of>-<sha>.v<format>.idx``; one listing tells all that there
are. An index is put whole or not at all, under a key of its own, so that builders at the same time do no harm.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ferry.domain.errors import NotFound
from ferry.ports import ArtifactStore
from ferry.usecases.indexing.making import FORM, Index, open_index

ROOT = "index/"
_KEY = re.compile(rf"index/([^/+]+)\+([^/]+)/(\d{{8}}T\d{{6}}\.\d{{6}}Z)-([0-9a-f]{{40,64}})\.v{FORM}\.idx")


@dataclass(frozen=True, order=True)
class Stored:
    """as_of: it has all that was pushed until then, as `moment` writes it."""

    repo: str
    as_of: str
    sha: str

    @property
    def when(self) -> str:
        """For a person, as `ferry.domain.words.moment`."""
        at = self.as_of
        return f"{at[:4]}-{at[4:6]}-{at[6:8]} {at[9:11]}:{at[11:13]} UTC"

    @property
    def key(self) -> str:
        return f"{_folder(self.repo)}{self.as_of}-{self.sha}.v{FORM}.idx"


def moment(at: datetime) -> str:
    """``20261121T120000.000000Z``: in UTC, and the order of texts is that of time."""
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")


def stored(artifacts: ArtifactStore) -> Mapping[str, Stored]:
    """The newest index of each repository that has one."""
    return _newest(artifacts.keys(ROOT))


def newest(repo: str, artifacts: ArtifactStore) -> Stored | None:
    return _newest(artifacts.keys(_folder(repo))).get(repo)


def load(found: Stored, artifacts: ArtifactStore) -> Index:
    """`found`, or what took its place meanwhile. NotFound, InvalidDocument."""
    try:
        return open_index(artifacts.get(found.key))
    except NotFound:
        later = newest(found.repo, artifacts)
        if later is None or later == found:
            raise
        return open_index(artifacts.get(later.key))


def put(index: Index, as_of: str, artifacts: ArtifactStore) -> None:
    artifacts.put(Stored(index.repo, as_of, index.sha).key, index.to_bytes())
    _tidy(index.repo, artifacts)


def restamp(found: Stored, as_of: str, artifacts: ArtifactStore) -> None:
    """It is still the right one at a later time."""
    artifacts.put(Stored(found.repo, as_of, found.sha).key, artifacts.get(found.key))
    _tidy(found.repo, artifacts)


def remove(repo: str, artifacts: ArtifactStore) -> bool:
    """All that there is of `repo`; False when there was nothing."""
    keys = artifacts.keys(_folder(repo))
    for key in keys:
        artifacts.delete(key)
    return bool(keys)


def _tidy(repo: str, artifacts: ArtifactStore) -> None:
    """Only the newest stays, whoever made it."""
    keys = artifacts.keys(_folder(repo))
    kept = _newest(keys).get(repo)
    for key in keys:
        if kept and key != kept.key:
            artifacts.delete(key)


def _newest(keys: list[str]) -> dict[str, Stored]:
    found = (Stored(f"{match[1]}/{match[2]}", match[3], match[4]) for match in map(_KEY.fullmatch, keys) if match)
    return {one.repo: one for one in sorted(found)}


def _folder(repo: str) -> str:
    return f"{ROOT}{repo.replace('/', '+')}/"
