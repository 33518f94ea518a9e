"""The whole record in memory; passes the same contract test as DynamoDB."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from ferry.domain.delivery import Delivery, Receipt, Source
from ferry.domain.errors import Conflict, NotFound
from ferry.domain.incident import KEEP_DAYS, ErrorTicket
from ferry.domain.task import Event, PullRequest, Task, TaskStatus
from ferry.domain.timeline import chained
from ferry.ports import TaskStore
from tests.fakes.clock import FakeClock
from tests.fakes.meeting import Meeting
from tests.fakes.spending import FakeSpending


@dataclass
class _Record:
    task: Task
    events: list[Event] = field(default_factory=list)
    once: set[str] = field(default_factory=set)
    tokens: dict[str, str] = field(default_factory=dict)
    pulls: dict[str, PullRequest] = field(default_factory=dict)


class FakeStore(FakeSpending, Meeting):
    def __init__(self, clock: FakeClock | None = None) -> None:
        super().__init__()
        self._clock = clock or FakeClock()
        self._records: dict[str, _Record] = {}
        self._runs: dict[str, tuple[str, int]] = {}
        self._leases: dict[str, tuple[str, int]] = {}
        self._receipts: dict[str, Receipt] = {}
        self._errors: dict[str, tuple[ErrorTicket, int, int]] = {}
        self._counted: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
        self._lock = Lock()

    def claim_delivery(self, delivery: Delivery, owner: str, *, lease_seconds: int) -> Receipt | None:
        if receipt := self._receipts.get(delivery.name):
            return receipt
        now = self._seconds()
        with self._lock:
            holder, until = self._leases.get(delivery.name, ("", now - 1))
            if holder != owner and until >= now:
                raise Conflict("another worker holds this delivery")
            self._leases[delivery.name] = (owner, now + lease_seconds)
        return None

    def release_delivery(self, delivery: Delivery, owner: str) -> None:
        if self._leases.get(delivery.name, ("", 0))[0] == owner:
            self._leases[delivery.name] = (owner, self._seconds() - 1)

    def expired_claims(self) -> list[str]:
        before = self._seconds() - 3600
        return [name for name, (_, until) in self._leases.items() if until < before and name not in self._receipts]

    def put_receipt(self, receipt: Receipt, owner: str) -> None:
        self._meet("put_receipt", receipt, owner)
        with self._lock:
            if self._leases.get(receipt.delivery, ("", 0))[0] != owner:
                raise Conflict("another worker has taken this delivery")
            self._receipts[receipt.delivery] = receipt

    def receipt(self, delivery: str) -> Receipt:
        if delivery not in self._receipts:
            raise NotFound(f"no receipt for delivery {delivery}")
        return self._receipts[delivery]

    def receipts(self, task_id: str = "") -> list[Receipt]:
        found = [receipt for receipt in self._receipts.values() if receipt.task_id == task_id]
        return sorted(found, key=lambda receipt: receipt.at, reverse=True)[:50]

    def create_task(self, task: Task) -> bool:
        if self._meet("create_task", task) is False:
            return False
        if self.live_run(task.ticket_key) or task.id in self._records:
            return False
        self._records[task.id] = _Record(task)
        self._runs[task.ticket_key] = (task.id, task.run)
        return True

    def live_run(self, ticket_key: str) -> str | None:
        id = self._runs.get(ticket_key, ("", 0))[0]
        return id if id and not self._records[id].task.status.ended else None

    def last_run(self, ticket_key: str) -> int:
        return self._runs.get(ticket_key, ("", 0))[1]

    def task(self, id: str) -> Task:
        return self._record(id).task

    def tasks(self) -> list[Task]:
        return sorted((record.task for record in self._records.values()), key=lambda t: t.created_at, reverse=True)

    def task_page(self, *, status: TaskStatus | None, limit: int, after: str) -> tuple[list[Task], str]:
        at, bar, id = after.partition("|")
        if after and not (at and bar and id):
            raise ValueError("after: is not what a page before gave as `next`")
        newest = sorted(self.tasks(), key=lambda task: (task.created_at, task.id), reverse=True)
        left = [task for task in newest if not after or (task.created_at, task.id) < (at, id)]
        found = [task for task in left if status in (None, task.status)]
        last = found[limit - 1] if len(found) > limit else None
        return found[:limit], f"{last.created_at}|{last.id}" if last else ""

    def counted(self, counters: Iterable[str]) -> dict[str, frozenset[str]]:
        return {name: self._counted[name] for name in counters}

    def count(self, limits: Mapping[str, int], who: str) -> None:
        with self._lock:
            if any(who not in self._counted[name] and len(self._counted[name]) >= limits[name] for name in limits):
                raise Conflict("a counter has reached its limit")
            for name in limits:
                self._counted[name] |= {who}

    def update_task(self, id: str, **fields: Any) -> Task:
        self._meet("update_task", id, **fields)
        record = self._record(id)
        now = self._clock.now().isoformat(timespec="milliseconds")
        record.task = Task.read({**record.task.dump(), **fields, "updated_at": now}, f"task {id}")
        return record.task

    def add_event(self, task_id: str, kind: str, detail: str, *, once: str = "") -> bool:
        self._meet("add_event", task_id, kind, detail, once=once)
        record = self._of(task_id)
        events = record.events
        with self._lock:
            if once in record.once:
                return False
            record.once |= {once} if once else set()
        previous = events[-1].chain if events else ""
        at = self._clock.now().isoformat(timespec="milliseconds")
        events.append(chained(Event(at=at, kind=kind, detail=detail, previous=previous)))
        return True

    def events(self, task_id: str) -> list[Event]:
        return list(self._of(task_id).events)

    def put_token(self, task_id: str, kind: str, token: str) -> None:
        self._of(task_id).tokens[kind] = token

    def token(self, task_id: str, kind: str) -> str | None:
        return self._of(task_id).tokens.get(kind)

    def tokens(self, task_id: str) -> list[str]:
        return list(self._of(task_id).tokens)

    def drop_token(self, task_id: str, kind: str, token: str) -> bool:
        if self.token(task_id, kind) != token:
            return False
        del self._of(task_id).tokens[kind]
        return True

    def put_pull_request(self, task_id: str, pull: PullRequest) -> None:
        self._of(task_id).pulls[pull.repo] = pull

    def drop_pull_request(self, task_id: str, repo: str) -> None:
        self._of(task_id).pulls.pop(repo, None)

    def pull_requests(self, task_id: str) -> list[PullRequest]:
        return sorted(self._of(task_id).pulls.values(), key=lambda pull: pull.position)

    def task_of_pull_request(self, repo: str, number: int) -> str | None:
        for id, record in self._records.items():
            if any(pull.repo == repo and pull.number == number for pull in record.pulls.values()):
                return id
        return None

    def error_ticket(self, fingerprint: str) -> ErrorTicket | None:
        ticket, _, expires = self._errors.get(fingerprint, (None, 0, 0))
        return ticket if expires >= self._seconds() else None

    def claim_error_ticket(self, fingerprint: str, owner: str, *, lease_seconds: int) -> ErrorTicket:
        with self._lock:
            known = self.error_ticket(fingerprint)
            if known and not known.ticket and known.owner != owner and self._errors[fingerprint][1] >= self._seconds():
                raise Conflict("another execution opens this ticket")
            claimed = (known or ErrorTicket(fingerprint=fingerprint, owner=owner)).model_copy(update={"owner": owner})
            self._keep(claimed, self._seconds() + lease_seconds)
            return claimed

    def put_error_ticket(self, ticket: ErrorTicket) -> None:
        self._meet("put_error_ticket", ticket)
        with self._lock:
            if self._errors[ticket.fingerprint][0].owner != ticket.owner:
                raise Conflict("another execution has taken this ticket")
            self._keep(ticket, 0)

    def _keep(self, ticket: ErrorTicket, lease_until: int) -> None:
        self._errors[ticket.fingerprint] = (ticket, lease_until, self._seconds() + KEEP_DAYS * 86400)

    def _seconds(self) -> int:
        return int(self._clock.now().timestamp())

    def _record(self, id: str) -> _Record:
        if id not in self._records:
            raise NotFound(f"no task {id}")
        return self._records[id]

    def _of(self, id: str) -> _Record:
        """DynamoDB takes rows of a task that it does not know; so does this."""
        empty = Task(id=id, ticket_key=id, title="", status=TaskStatus.FAILED, created_at="", updated_at="")
        return self._records.setdefault(id, _Record(empty))


def leave(receipt: Receipt, store: TaskStore) -> None:
    """As the worker does that admitted it."""
    source, _, id = receipt.delivery.partition(":")
    store.claim_delivery(Delivery(Source(source), id, "", "{}", receipt.at), "a worker", lease_seconds=30)
    store.put_receipt(receipt, "a worker")
