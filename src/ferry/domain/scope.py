"""Which repositories of an organisation are indexed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class Scope:
    """Patterns with ``*`` and ``?`` over ``owner/name``, or over the name where they have no slash; case is ignored.

    ignored: never indexed; forks: those that are, though they are forks.
    """

    ignored: tuple[str, ...] = ()
    forks: tuple[str, ...] = ()

    def refusal(self, repo: str, *, archived: bool, fork: bool) -> str:
        """Why `repo` is left out; "" where it is indexed."""
        if archived:
            return "it is archived, so nothing can be changed in it"
        if _matches(repo, self.ignored):
            return "IgnoredRepositories names it"
        if fork and not _matches(repo, self.forks):
            return "it is a fork, and IndexedForks does not name it"
        return ""


def _matches(repo: str, patterns: Iterable[str]) -> bool:
    whole, name = repo.casefold(), repo.rpartition("/")[2].casefold()
    return any(fnmatchcase(whole if "/" in one else name, one.casefold()) for one in patterns)
