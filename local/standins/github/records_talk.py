"""What people say on pull requests beside plain comments. Times are ISO 8601 with ``Z``."""

from __future__ import annotations

from dataclasses import dataclass, field

from local.standins.github.records import now


@dataclass
class ReviewComment:
    """On a line of a pull request. reply_to: id of the thread's first comment, which alone carries `resolved`."""

    id: int
    repo: str
    number: int
    author: str
    body: str
    path: str
    line: int
    commit: str
    reply_to: int = 0
    resolved: bool = False
    created_at: str = field(default_factory=now)


@dataclass
class Review:
    """state: commented, approved or changes_requested."""

    id: int
    repo: str
    number: int
    author: str
    body: str | None
    state: str
    commit: str
    submitted_at: str = field(default_factory=now)


@dataclass
class Reaction:
    """subject: node id of what it stands under; content: in GraphQL's words."""

    id: int
    subject: str
    content: str
    author: str
    created_at: str = field(default_factory=now)


type_names = {kind.__name__: kind for kind in (ReviewComment, Review, Reaction)}
