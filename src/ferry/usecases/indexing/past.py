"""The last commits of a repository with the files that they changed: what changed together, and for alike reasons.

Merges bring nothing of their own, and a first commit brings everything: neither says what belongs together. A forge
tells the files of one commit a call, so that what is known by its SHA is never asked again, a refresh asks for a few,
and the next one goes on where it stopped. A push costs a list and its own commits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from ferry.domain.errors import NotFound, TransientError, VendorRefused
from ferry.ports import Forge, LoggedCommit
from ferry.usecases.indexing.making import HISTORY, Commit

BACKFILL = 40
LATEST = 100
"""So many commits are listed where all is known but what is new: a branch merged late brings older ones."""
MOST_LISTED = 600
"""With merges."""
MOST_PATHS = 100


def past(repo: str, sha: str, old: Sequence[Commit], forge: Forge, most: int = BACKFILL) -> tuple[Commit, ...]:
    """Newest first; `most`: commits whose files are asked for. Nothing flies: an index without its past is whole."""
    if not most:
        return tuple(old)
    listed = LATEST if len(old) >= HISTORY else MOST_LISTED
    try:
        commits = [one for one in islice(forge.log(repo, sha), listed) if one.parents == 1]
    except (NotFound, TransientError, VendorRefused):
        return tuple(old)
    known = {commit.sha: commit for commit in old}
    found = dict(_with_files(repo, commits[:HISTORY], known, forge, most))
    if listed == LATEST:
        found |= {commit.sha: commit for commit in old if commit.sha not in found}
    return tuple(found.values())[:HISTORY]


def _with_files(
    repo: str, commits: Sequence[LoggedCommit], known: dict[str, Commit], forge: Forge, most: int
) -> Iterator[tuple[str, Commit]]:
    """Those that are known, and of the others the newest ones, until the forge has enough of it."""
    left = most
    for one in commits:
        if one.sha in known:
            yield one.sha, known[one.sha]
        elif left:
            left -= 1
            try:
                yield one.sha, Commit(one.subject, forge.changed_paths(repo, one.sha)[:MOST_PATHS], one.sha)
            except (TransientError, VendorRefused):
                left = 0
            except NotFound:  # pushed away meanwhile
                continue
