"""What others say of a commit, and what a branch asks for: commit statuses and protection."""

from __future__ import annotations

from dataclasses import dataclass, field

from local.standins.github.records import now


@dataclass
class Status:
    """A commit status; the latest of each context counts."""

    id: int
    repo: str
    sha: str
    context: str
    state: str
    creator: str
    description: str | None = None
    target_url: str | None = None
    created_at: str = field(default_factory=now)
    updated_at: str = field(default_factory=now)


@dataclass
class Protection:
    """Required status checks of one branch, by branch protection or by a ruleset of the repository.

    checks: of each ``context`` and ``app_id`` (None for anybody's).
    """

    id: int
    repo: str
    branch: str
    checks: list[dict[str, object]]
    strict: bool = False
    ruleset: str = ""


type_names = {kind.__name__: kind for kind in (Status, Protection)}
