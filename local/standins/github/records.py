"""What GitHub knows beside git: pull requests, comments, check runs, workflow runs. Times are ISO 8601 with ``Z``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Pull:
    id: int
    repo: str
    number: int
    title: str
    body: str | None
    author: str
    head: str
    base: str
    head_sha: str
    base_sha: str
    draft: bool = False
    state: str = "open"
    labels: list[str] = field(default_factory=list)
    created_at: str = field(default_factory=now)
    updated_at: str = field(default_factory=now)
    closed_at: str | None = None
    merged_at: str | None = None
    merge_sha: str = ""


@dataclass
class Comment:
    id: int
    repo: str
    number: int
    author: str
    body: str
    created_at: str = field(default_factory=now)
    updated_at: str = field(default_factory=now)


@dataclass
class Suite:
    """All check runs of one app (`app`: its slug) for one workflow run, or for one commit."""

    id: int
    repo: str
    head_sha: str
    head_branch: str
    app: str
    status: str = "queued"
    conclusion: str | None = None
    created_at: str = field(default_factory=now)
    updated_at: str = field(default_factory=now)


@dataclass
class CheckRun:
    """`id` equals the job's id for check runs of Actions, as on GitHub."""

    id: int
    repo: str
    suite: int
    name: str
    head_sha: str
    app: str
    details_url: str = ""
    external_id: str = ""
    status: str = "queued"
    conclusion: str | None = None
    started_at: str | None = None
    completed_at: str | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None


@dataclass
class Run:
    """One workflow run. path: of the workflow file; pulls: numbers; base: branch of the pull request, or empty."""

    id: int
    repo: str
    path: str
    name: str
    title: str
    event: str
    head_sha: str
    head_branch: str
    base: str
    pulls: list[int]
    actor: str
    number: int
    suite: int
    group: str = ""
    attempt: int = 1
    status: str = "queued"
    conclusion: str | None = None
    created_at: str = field(default_factory=now)
    updated_at: str = field(default_factory=now)
    started_at: str = field(default_factory=now)


@dataclass
class StepRecord:
    name: str
    number: int
    status: str = "queued"
    conclusion: str | None = None
    started_at: str | None = None
    completed_at: str | None = None


@dataclass
class Job:
    """key: the job's name in the workflow file; matrix: its combination; log: in a file of its own."""

    id: int
    repo: str
    run: int
    key: str
    name: str
    attempt: int
    labels: list[str]
    matrix: dict[str, object] = field(default_factory=dict)
    status: str = "queued"
    conclusion: str | None = None
    created_at: str = field(default_factory=now)
    started_at: str = field(default_factory=now)
    completed_at: str | None = None
    steps: list[StepRecord] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.steps = [StepRecord(**step) if isinstance(step, dict) else step for step in self.steps]


@dataclass
class DeliveryRecord:
    """One attempt to deliver a webhook; the request's body lies in a file named by `guid`."""

    id: int
    guid: str
    event: str
    action: str | None
    repository_id: int
    redelivery: bool = False
    delivered_at: str = field(default_factory=now)
    duration: float = 0.0
    status: str = "pending"
    status_code: int = 0


@dataclass
class Token:
    """An installation token: what it is, who speaks with it, until when."""

    id: int
    value: str
    login: str
    expires_at: str


@dataclass
class RepositoryRecord:
    """What a repository is beside its git folder, from its first change on. former: names that still lead here."""

    id: int
    name: str
    archived: bool = False
    fork: bool = False
    pushed_at: str = ""
    updated_at: str = ""
    former: list[str] = field(default_factory=list)


_KINDS = (Pull, Comment, Suite, CheckRun, Run, Job, DeliveryRecord, Token, RepositoryRecord)
type_names = {kind.__name__: kind for kind in _KINDS}
