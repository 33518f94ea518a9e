"""Budgets: what is reserved before a call, so that no call can pass a limit, and settled by what it cost.

A budget's account counts what is spent and what is held. A reservation that nobody settles was perhaps paid for, so it
stays counted; when it expires it becomes a line of the ledger, charged as it was reserved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ferry.domain.document import Document
from ferry.domain.ledger import MICRO, LedgerEntry

HOLD_SECONDS = 1800
"""Longer than any call may take (a client waits 900 seconds for its answer)."""
CENT = MICRO // 100


class Account(Document):
    """What a budget has used. spent, held: micro-dollars; calls and tokens: of settled calls."""

    name: str
    spent: int = 0
    held: int = 0
    calls: int = 0
    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0

    @property
    def used(self) -> int:
        return self.spent + self.held


class Hold(Document):
    """A reservation. id: unguessable; expires: RFC 3339; accounts: all that it counts against; lost: the line that the
    ledger gets if nobody settles it, whose money is what is held."""

    id: str
    task_id: str
    expires: str
    accounts: tuple[str, ...]
    lost: LedgerEntry

    @property
    def micro_dollars(self) -> int:
        return self.lost.micro_dollars


@dataclass(frozen=True)
class Limit:
    """account: its name; micro_dollars: None for none; says: what it is, for a person; remedy: what lifts it."""

    account: str
    micro_dollars: int | None
    says: str
    remedy: str

    def room(self, account: Account) -> int | None:
        return None if self.micro_dollars is None else self.micro_dollars - account.used


@dataclass(frozen=True)
class Caps:
    """Limits by configuration, in cents. ticket: of all its tasks; team, month: of a calendar month in UTC, 0 for none;
    teams: team by Jira project, which is its own team where none is named."""

    ticket: int
    team: int = 0
    month: int = 0
    teams: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Subject:
    """Whom a call is made for. ticket: key, "" for none; repo: "" for none; month: ``2026-11``."""

    task_id: str
    month: str
    ticket: str = ""
    repo: str = ""


def limits(subject: Subject, ceiling_cents: int | None, raised_cents: int, caps: Caps) -> tuple[Limit, ...]:
    """All that one call counts against. ceiling_cents: of the task, None for none; raised_cents: what people added."""
    return tuple(_limits(subject, ceiling_cents, raised_cents, caps))


def _limits(subject: Subject, ceiling_cents: int | None, raised_cents: int, caps: Caps) -> Iterator[Limit]:
    task, month = subject.task_id, subject.month
    more = f"`/agent raise {task} <dollars>`"
    ceiling = None if ceiling_cents is None else (ceiling_cents + raised_cents) * CENT
    yield Limit(task_account(task), ceiling, f"task {task}", more)
    if subject.ticket:
        team = team_of(subject.ticket, caps.teams)
        # A person who lets a task spend more lets its ticket do so.
        yield Limit(f"ticket:{subject.ticket}", (caps.ticket + raised_cents) * CENT, f"ticket {subject.ticket}", more)
        later = "a higher TeamBudgetCents, or the next month"
        yield Limit(team_account(team, month), caps.team * CENT or None, f"team {team} in {month}", later)
    if subject.repo:
        yield Limit(f"repo:{subject.repo}:{month}", None, f"repository {subject.repo} in {month}", "")
    later = "a higher MonthBudgetCents, or the next month"
    yield Limit(month_account(month), caps.month * CENT or None, f"all tasks in {month}", later)


def task_account(task_id: str) -> str:
    return f"task:{task_id}"


def team_account(team: str, month: str) -> str:
    return f"team:{team}:{month}"


def month_account(month: str) -> str:
    return f"month:{month}"


def month_of(account: str) -> str:
    """``2026-11``, "" for an account that is of no month."""
    found = re.search(r"(?:^month|^team:.*|^repo:.*):(\d{4}-\d{2})$", account)
    return found[1] if found else ""


def team_of(ticket: str, teams: Mapping[str, str]) -> str:
    """Jira's project, ``FERRY`` of ``FERRY-12``, unless configuration names a team for it."""
    project = ticket.rpartition("-")[0]
    return teams.get(project, project)


def ticket_of(task_id: str) -> str:
    """``FERRY-12`` of ``FERRY-12-a1b2c3`` (`ferry.domain.naming.task_id`); "" for what no ticket started."""
    key = task_id.rpartition("-")[0]
    return key if re.fullmatch(r"[A-Z][A-Z0-9_]*-\d+", key) else ""
