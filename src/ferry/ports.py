"""What Ferry needs of the world, in its own words. Adapters raise leaves of `ferry.domain.errors` and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from ferry.agentkit.messages import ModelReply, ModelRequest
from ferry.domain.approval import Approval
from ferry.domain.change import FileChange
from ferry.domain.ci import CheckRun
from ferry.domain.delivery import Delivery, Receipt
from ferry.domain.ledger import LedgerEntry
from ferry.domain.task import Event, PullRequest, Task


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, in UTC."""

    def sleep(self, seconds: float) -> None: ...


class Secrets(Protocol):
    def get(self, id: str) -> str:
        """MissingSecret, naming `id` and the remedy, when it has no value."""


class Queue(Protocol):
    def send(self, delivery: Delivery) -> None:
        """Accepted for good, or VendorUnavailable."""


class ArtifactStore(Protocol):
    """Documents by key, e.g. ``tasks/<id>/plan-1.json``."""

    def put(self, key: str, data: bytes) -> None: ...

    def get(self, key: str) -> bytes:
        """NotFound when there is none."""

    def keys(self, prefix: str) -> list[str]: ...


class WorkflowEngine(Protocol):
    def start(self, name: str, input: Mapping[str, Any]) -> str:
        """Start the delivery machine under a deterministic name; returns the execution's id.

        The same name and input again returns the same execution. Conflict when the name is taken by another input.
        """

    def stop(self, execution: str, reason: str) -> None: ...

    def status(self, execution: str) -> str:
        """RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED; NotFound when the engine does not know it."""

    def succeed(self, token: str, output: Mapping[str, Any]) -> bool:
        """False when the token was used, expired or unknown: somebody else was first."""

    def fail(self, token: str, error: str, cause: str) -> bool:
        """As `succeed`. error: at most 256 characters; cause: at most 32,768."""

    def heartbeat(self, token: str) -> bool:
        """False when nobody waits any more: stop working."""


class AgentHost(Protocol):
    def run(self, agent: str, request: Mapping[str, Any]) -> None:
        """Start the agent and return at once; it answers through the request's ``token``."""

    def stop(self, agent: str, request: Mapping[str, Any]) -> None:
        """Stop what `run` started with the same request, where the host can."""


class TaskStore(Protocol):
    """The record (design §6). Every write that decides something is one conditional write."""

    def claim_delivery(self, delivery: Delivery, *, lease_seconds: int) -> Receipt | None:
        """Take the delivery for `lease_seconds`. Returns its receipt if it has one; Conflict if another holds it."""

    def release_delivery(self, delivery: Delivery) -> None:
        """Give up the claim at once, so that the next try need not wait for the lease."""

    def put_receipt(self, receipt: Receipt) -> None: ...

    def receipt(self, delivery: str) -> Receipt:
        """NotFound when there is none."""

    def create_task(self, task: Task) -> bool:
        """Create the task as its ticket's one live run; False when the ticket already has a live run."""

    def live_run(self, ticket_key: str) -> str | None:
        """Id of the ticket's live task."""

    def last_run(self, ticket_key: str) -> int:
        """How many runs the ticket has had."""

    def task(self, id: str) -> Task:
        """NotFound when there is none."""

    def tasks(self) -> list[Task]:
        """Newest first."""

    def update_task(self, id: str, **fields: Any) -> Task:
        """Change fields of `Task`; an ended status frees the ticket for another run. NotFound."""

    def add_event(self, task_id: str, kind: str, detail: str) -> None:
        """Append to the timeline, chained to the line before it."""

    def events(self, task_id: str) -> list[Event]: ...

    def add_approval(self, approval: Approval, token: str) -> None: ...

    def approval(self, task_id: str, id: str) -> Approval:
        """NotFound when there is none."""

    def approvals(self, task_id: str) -> list[Approval]: ...

    def decide(self, decided: Approval) -> bool:
        """Record the decision in one conditional write; False when it was already decided."""

    def approval_token(self, task_id: str, id: str) -> str: ...

    def set_approval_message(self, task_id: str, id: str, ref: str) -> None: ...

    def put_token(self, task_id: str, kind: str, token: str) -> None:
        """Remember who waits: kind is e.g. ``ci#acme/pricing``; a newer token replaces an older."""

    def token(self, task_id: str, kind: str) -> str | None: ...

    def drop_token(self, task_id: str, kind: str, token: str) -> bool:
        """Take it away if it is still this one."""

    def put_pull_request(self, task_id: str, pull: PullRequest) -> None: ...

    def pull_requests(self, task_id: str) -> list[PullRequest]:
        """In merge order."""

    def task_of_pull_request(self, repo: str, number: int) -> str | None: ...

    def add_ledger(self, task_id: str, entry: LedgerEntry) -> None: ...

    def ledger(self, task_id: str) -> list[LedgerEntry]: ...


class IssueTracker(Protocol):
    def comment(self, key: str, markdown: str) -> None: ...


@dataclass(frozen=True)
class PullRequestRef:
    """number and web url of a pull request; head: its SHA now; open: not closed or merged."""

    number: int
    url: str
    head: str
    open: bool = True


class Forge(Protocol):
    """`repo` is ``owner/name``. Branches are plain names without ``refs/heads/``."""

    def repositories(self) -> list[str]:
        """All that the credential may read, archived ones left out."""

    def default_branch(self, repo: str) -> str: ...

    def head(self, repo: str, branch: str) -> str | None:
        """SHA, or None when there is no such branch."""

    def download(self, repo: str, sha: str, destination: Path) -> None:
        """Unpack the tree at `sha` into the existing, empty folder `destination`."""

    def create_branch(self, repo: str, branch: str, sha: str) -> None:
        """Nothing happens if it is there already at `sha`; StaleHead if it is there elsewhere."""

    def commit(self, repo: str, branch: str, *, parent: str, message: str, changes: Sequence[FileChange]) -> str:
        """One commit on `branch`, whose head must be `parent`, else StaleHead and nothing changes. Returns the SHA."""

    def delete_branch(self, repo: str, branch: str) -> None:
        """Nothing happens if it is gone."""

    def find_pull_request(self, repo: str, branch: str) -> PullRequestRef | None:
        """The open pull request from `branch`, if any."""

    def open_draft(self, repo: str, *, branch: str, base: str, title: str, body: str) -> PullRequestRef: ...

    def pull_request(self, repo: str, number: int) -> PullRequestRef: ...

    def update_pull_request(
        self, repo: str, number: int, *, title: str | None = None, body: str | None = None
    ) -> None: ...

    def mark_ready(self, repo: str, number: int) -> None:
        """Draft no more; nothing happens if it already is."""

    def close_pull_request(self, repo: str, number: int) -> None: ...

    def comment(self, repo: str, number: int, markdown: str) -> None: ...

    def check_runs(self, repo: str, sha: str) -> tuple[CheckRun, ...]: ...

    def job_log(self, repo: str, job: int) -> str:
        """Plain text of one job's log; NotFound while there is none."""


class Chat(Protocol):
    """Messages are Block Kit blocks with a plain text fallback; a ref is opaque and names one message."""

    def post(self, text: str, blocks: Sequence[Mapping[str, Any]], *, thread: str = "") -> str:
        """To the configured channel; returns the message's ref. thread: ref of the message to answer."""

    def update(self, ref: str, text: str, blocks: Sequence[Mapping[str, Any]]) -> None: ...

    def whisper(self, user: str, text: str, *, channel: str = "") -> None:
        """Seen by `user` alone. channel: vendor id, empty for the configured one."""


class LanguageModel(Protocol):
    def reply(self, request: ModelRequest) -> ModelReply:
        """One model turn. ModelUnavailable and RateLimited may be tried again; ModelRefused and VendorRefused not."""


@dataclass(frozen=True)
class CommandResult:
    """exit_code: 124 after the time limit, as coreutils' timeout; output: stdout and stderr, cut in the middle."""

    exit_code: int
    output: str
    seconds: float
    timed_out: bool = False


class Sandbox(Protocol):
    name: str

    def run(self, command: Sequence[str], *, root: Path, cwd: Path, seconds: float) -> CommandResult:
        """Run `command` in `cwd`, where only `root` may be written. SandboxUnavailable, SandboxRefused."""
