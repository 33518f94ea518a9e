"""The record of everything that Ferry does (design §6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from ferry.domain.delivery import Delivery, Receipt
from ferry.domain.incident import ErrorTicket
from ferry.domain.task import Event, PullRequest, Task, TaskStatus
from ferry.ports.money import Spending


class TaskStore(Spending, Protocol):
    """The record (design §6). Every write that decides something is one conditional write."""

    def claim_delivery(self, delivery: Delivery, owner: str, *, lease_seconds: int) -> Receipt | None:
        """Take the delivery for `lease_seconds`. Returns its receipt if it has one; Conflict if another holds it.

        owner: names this very try, and no other; the claim is its own until somebody takes it after the lease.
        """

    def release_delivery(self, delivery: Delivery, owner: str) -> None:
        """Give up the claim at once, so that the next try need not wait for the lease; nothing happens to another's."""

    def expired_claims(self) -> list[str]:
        """Names of deliveries that somebody began an hour ago or more, and nobody finished."""

    def counted(self, counters: Iterable[str]) -> dict[str, frozenset[str]]:
        """Who was counted, by counter; a counter that nobody was counted in may be missing."""

    def count(self, limits: Mapping[str, int], who: str) -> None:
        """Count `who` in all these counters or in none, once each; Conflict when one has reached its limit."""

    def put_receipt(self, receipt: Receipt, owner: str) -> None:
        """Conflict when another took the claim meanwhile, whose receipt counts. Safe to do twice."""

    def receipt(self, delivery: str) -> Receipt:
        """NotFound when there is none."""

    def receipts(self, task_id: str = "") -> list[Receipt]:
        """The newest 50 that touched the task, or that touched none; newest first."""

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

    def task_page(self, *, status: TaskStatus | None, limit: int, after: str) -> tuple[list[Task], str]:
        """At most `limit`, newest first, of one status or of all, and where the next page begins ("" at the end).

        after: what the page before gave, "" for the first; ValueError when it is something else.
        """

    def update_task(self, id: str, **fields: Any) -> Task:
        """Change fields of `Task`; an ended status frees the ticket for another run. NotFound."""

    def add_event(self, task_id: str, kind: str, detail: str, *, once: str = "") -> bool:
        """Append to the timeline, chained to the line before it.

        once: a name of what happened; of all who tell it, at once or later, the first alone appends, and gets True.
        """

    def events(self, task_id: str) -> list[Event]: ...

    def put_token(self, task_id: str, kind: str, token: str) -> None:
        """Remember who waits: kind is e.g. ``ci#acme/pricing``; a newer token replaces an older."""

    def token(self, task_id: str, kind: str) -> str | None: ...

    def tokens(self, task_id: str) -> list[str]:
        """The kinds of all who wait."""

    def drop_token(self, task_id: str, kind: str, token: str) -> bool:
        """Take it away if it is still this one."""

    def put_pull_request(self, task_id: str, pull: PullRequest) -> None: ...

    def drop_pull_request(self, task_id: str, repo: str) -> None:
        """It is no longer part of the change set; nothing happens if it is not there."""

    def pull_requests(self, task_id: str) -> list[PullRequest]:
        """In merge order."""

    def task_of_pull_request(self, repo: str, number: int) -> str | None: ...

    def error_ticket(self, fingerprint: str) -> ErrorTicket | None:
        """None when the fingerprint has no record, or one that is older than 90 days."""

    def claim_error_ticket(self, fingerprint: str, owner: str, *, lease_seconds: int) -> ErrorTicket:
        """Take the opening of the ticket for `lease_seconds`; the same owner may take it again.

        What is known of the ticket comes back; once it has a key it belongs to whoever asks. Conflict if another
        owner holds it.
        """

    def put_error_ticket(self, ticket: ErrorTicket) -> None:
        """Conflict when another owner has taken it meanwhile."""
