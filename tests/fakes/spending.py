"""Budgets and the ledger in memory; passes the same contract test as DynamoDB."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from threading import RLock

from ferry.domain.errors import Conflict
from ferry.domain.ledger import LedgerEntry, Usage
from ferry.domain.paid_steps import SandboxSession
from ferry.domain.spending import Account, Hold, month_of, task_account
from ferry.ports import Spending


class FakeSpending:
    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}
        self._held: dict[str, Hold] = {}
        self._paid: defaultdict[str, list[LedgerEntry]] = defaultdict(list)
        self._sessions: defaultdict[str, dict[str, SandboxSession]] = defaultdict(dict)
        self._money = RLock()

    def reserve(self, hold: Hold, limits: Mapping[str, int]) -> None:
        with self._money:
            accounts = self.accounts(hold.accounts)
            if any(accounts[name].used + hold.micro_dollars > limits[name] for name in accounts if name in limits):
                raise Conflict("the record was changed by somebody else")
            self._count(hold.accounts, held=hold.micro_dollars)
            self._held[hold.id] = hold

    def settle(self, hold: Hold, entry: LedgerEntry) -> None:
        with self._money:
            if hold.id not in self._held:
                raise Conflict("the record was changed by somebody else")
            del self._held[hold.id]
            self._count(hold.accounts, entry.usage, held=-hold.micro_dollars, spent=entry.micro_dollars, calls=1)
            self._paid[hold.task_id].append(entry)

    def release(self, hold: Hold) -> None:
        with self._money:
            if self._held.pop(hold.id, None):
                self._count(hold.accounts, held=-hold.micro_dollars)

    def holds(self, task_id: str) -> list[Hold]:
        return [hold for hold in self._held.values() if hold.task_id == task_id]

    def accounts(self, names: Iterable[str]) -> dict[str, Account]:
        return {name: self._accounts.get(name, Account(name=name)) for name in names}

    def accounts_of(self, month: str) -> list[Account]:
        found = [account for account in self._accounts.values() if month_of(account.name) == month]
        return sorted(found, key=lambda account: (-account.used, account.name))

    def ledger(self, task_id: str) -> list[LedgerEntry]:
        return sorted(self._paid[task_id], key=lambda entry: entry.at)

    def keep_session(self, task_id: str, session: SandboxSession) -> None:
        self._sessions[task_id][session.id] = session

    def sessions(self, task_id: str) -> list[SandboxSession]:
        return sorted(self._sessions[task_id].values(), key=lambda session: session.began)

    def _count(self, names: Iterable[str], used: Usage | None = None, **counted: int) -> None:
        if used:
            written = used.cache_write + used.cache_write_1h
            counted |= {"input": used.input, "output": used.output, "cache_read": used.cache_read}
            counted |= {"cache_write": written}
        for name, account in self.accounts(names).items():
            added = {field: getattr(account, field) + more for field, more in counted.items()}
            self._accounts[name] = account.model_copy(update=added)


def pay(store: Spending, task_id: str, entry: LedgerEntry) -> None:
    """A line of the ledger, as a call leaves it."""
    lost = entry.model_copy(update={"micro_dollars": 0})
    id = f"seed-{len(store.ledger(task_id))}"
    hold = Hold(id=id, task_id=task_id, expires="", accounts=(task_account(task_id),), lost=lost)
    store.reserve(hold, {})
    store.settle(hold, entry)
