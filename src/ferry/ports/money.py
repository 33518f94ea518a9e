"""Budgets and the ledger: what may be spent, and what was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from ferry.domain.ledger import LedgerEntry
from ferry.domain.paid_steps import SandboxSession
from ferry.domain.spending import Account, Hold


class Spending(Protocol):
    """Accounts are counted in the same write as the reservation or the line that they count."""

    def reserve(self, hold: Hold, limits: Mapping[str, int]) -> None:
        """Hold the money in all its accounts or in none. limits: by account, of those that have one, in micro-dollars.

        Conflict when it would pass one of them, or others write the same accounts at once.
        """

    def settle(self, hold: Hold, entry: LedgerEntry) -> None:
        """The line of the ledger in place of the hold; Conflict when it is settled already."""

    def release(self, hold: Hold) -> None:
        """Nothing was paid; nothing happens when it is settled already."""

    def holds(self, task_id: str) -> list[Hold]:
        """What is reserved for the task and not settled."""

    def accounts(self, names: Iterable[str]) -> dict[str, Account]:
        """By name; what nothing was spent on is an account of zeros."""

    def accounts_of(self, month: str) -> list[Account]:
        """All that count `month` (``2026-11``): of teams, repositories, and of everything."""

    def ledger(self, task_id: str) -> list[LedgerEntry]:
        """Oldest first."""

    def keep_session(self, task_id: str, session: SandboxSession) -> None:
        """In place of what was kept under its id: once when it begins, once when it ends."""

    def sessions(self, task_id: str) -> list[SandboxSession]:
        """Oldest first."""
