"""The budgets that a conversation draws on, behind which stands the record: many agents draw on one at once."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Protocol

from ferry.domain.ceiling import raised_cents
from ferry.domain.errors import BudgetExceeded, Conflict
from ferry.domain.ledger import LedgerEntry, dollars
from ferry.domain.spending import HOLD_SECONDS, Caps, Hold, Limit, Subject, limits, ticket_of
from ferry.ports import Approvals, Clock, TaskStore

ATTEMPTS = 30
LOST = "answer lost"


class Purse(Protocol):
    def room(self) -> int | None:
        """Micro-dollars that every budget leaves; None where none has a limit."""

    def reserve(self, lost: LedgerEntry) -> Hold:
        """Hold the money of `lost`, which becomes the ledger's line if nobody settles. BudgetExceeded names who has
        not that much left."""

    def settle(self, hold: Hold, entry: LedgerEntry) -> None:
        """It cost what `entry` says."""

    def release(self, hold: Hold) -> None:
        """It cost nothing."""


@dataclass(frozen=True)
class TaskPurse:
    """limits: read anew for each call, because people may raise one meanwhile."""

    store: TaskStore
    clock: Clock
    task_id: str
    limits: Callable[[], tuple[Limit, ...]]

    def room(self) -> int | None:
        rooms = [room for _, room in self._rooms(self.limits()) if room is not None]
        return max(0, min(rooms)) if rooms else None

    def reserve(self, lost: LedgerEntry) -> Hold:
        """Conflict when too many draw on the same budgets at once."""
        for attempt in range(ATTEMPTS):
            limits = self.limits()
            for limit, room in self._rooms(limits):
                if room is not None and room < lost.micro_dollars:
                    raise BudgetExceeded(_refusal(limit, room, lost.micro_dollars))
            hold = self._hold(lost, limits)
            with suppress(Conflict):
                capped = {one.account: one.micro_dollars for one in limits if one.micro_dollars is not None}
                self.store.reserve(hold, capped)
                return hold
            self._pause(attempt)
        raise Conflict(f"{self.task_id}: its budgets are drawn on by too many at once")

    def settle(self, hold: Hold, entry: LedgerEntry) -> None:
        """AWS's client may try a write again whose answer was lost, and is then refused by what it wrote itself."""
        if entry.lost:
            said = f"{entry.step}: no answer of {entry.model} came; it may have been paid for and is charged"
            self.store.add_event(self.task_id, LOST, f"{said} as it was reserved, {dollars(entry.micro_dollars)}")
        for attempt in range(ATTEMPTS):
            with suppress(Conflict):
                return self.store.settle(hold, entry)
            if all(one.id != hold.id for one in self.store.holds(self.task_id)):
                return None
            self._pause(attempt)
        raise Conflict(f"{self.task_id}: its budgets are drawn on by too many at once")

    def release(self, hold: Hold) -> None:
        self.store.release(hold)

    def charge_expired(self) -> None:
        """Calls of those who died before they could tell."""
        now = self.clock.now().isoformat(timespec="milliseconds")
        for hold in self.store.holds(self.task_id):
            if hold.expires <= now:
                self.settle(hold, hold.lost.model_copy(update={"reserved": hold.micro_dollars}))

    def _rooms(self, limits: tuple[Limit, ...]) -> list[tuple[Limit, int | None]]:
        accounts = self.store.accounts(one.account for one in limits)
        return [(one, one.room(accounts[one.account])) for one in limits]

    def _hold(self, lost: LedgerEntry, limits: tuple[Limit, ...]) -> Hold:
        until = self.clock.now() + timedelta(seconds=HOLD_SECONDS)
        return Hold(
            id=secrets.token_hex(8),
            task_id=self.task_id,
            expires=until.isoformat(timespec="milliseconds"),
            accounts=tuple(one.account for one in limits),
            lost=lost,
        )

    def _pause(self, attempt: int) -> None:
        self.clock.sleep(random.uniform(0, 0.01 * (attempt + 1)))  # noqa: S311  spreads rivals, guards nothing


def task_purse(
    store: TaskStore,
    approvals: Approvals,
    clock: Clock,
    task_id: str,
    *,
    caps: Caps,
    ceiling_cents: int | None,
    repo: str = "",
) -> TaskPurse:
    """Of one task, incident or the questions. ceiling_cents: of the task, before anybody raised it; None for none."""
    ticket = ticket_of(task_id)

    def now() -> tuple[Limit, ...]:
        month = clock.now().astimezone(UTC).strftime("%Y-%m")
        more = raised_cents(approvals.audit(task_id)[0]) if ticket else 0
        return limits(Subject(task_id, month, ticket, repo), ceiling_cents, more, caps)

    purse = TaskPurse(store, clock, task_id, now)
    purse.charge_expired()
    return purse


def _refusal(limit: Limit, room: int, needed: int) -> str:
    """Whoever reads it knows which budget, what is left of it, and what would help."""
    of = dollars(limit.micro_dollars or 0)
    return (
        f"{limit.says} may spend {of}, has {dollars(max(0, room))} left, and its next call may cost "
        f"{dollars(needed)}; what helps: {limit.remedy}"
    )
