"""Models that run away, each with the end that its task must come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from agents.execution.agent import execute
from ferry.agentkit.messages import Message, StopReason
from ferry.agentkit.prices import load_prices
from ferry.domain.errors import BudgetExceeded, FerryError, ModelRefused, ModelUnavailable, NoProgress, NoResult
from ferry.domain.ledger import total
from ferry.domain.spending import CENT, task_account
from ferry.ports import LanguageModel
from tests.fakes.paid_model import PaidModel, calls
from tests.unit.agents.organisation import TASK, Organisation, organisation

Say = Callable[[int], Message]
LIMIT = 100
SIX_MEGABYTES = "answer " * 900_000


@dataclass(frozen=True)
class Case:
    """ends: the error that ends it; money: whether that is the limit; limit: in cents."""

    say: Say
    ends: type[FerryError]
    stop: StopReason | None = None
    lost: Callable[[int], bool] = lambda call: False
    limit: int = LIMIT


def writes(turn: int) -> Message:
    """New code with each turn, and much of it: as much as ten tasks of this size."""
    return calls("write_file", turn, path="treble.py", content=f"# {turn}\n" + "x = 1\n" * 2_000)


def fails(turn: int) -> Message:
    return calls("run_tests", turn, paths=[])


CASES = {
    "loops over one file": Case(lambda turn: calls("read_file", turn, path="lib.py"), NoProgress),
    "loops over a failing test": Case(fails, NoProgress),
    "refuses": Case(
        lambda turn: Message(role="assistant", text="I would rather not."), ModelRefused, StopReason.REFUSED
    ),
    "answers 6 MB": Case(lambda turn: Message(role="assistant", text=SIX_MEGABYTES), NoResult),
    "calls with 6 MB": Case(lambda turn: calls("write_file", turn, path="a", content=SIX_MEGABYTES), NoResult),
    "calls unknown tools": Case(lambda turn: calls("rm_rf", turn), NoProgress),
    "is cut off mid-answer, always": Case(fails, ModelUnavailable, lost=lambda call: True),
    "is cut off mid-answer, once": Case(fails, NoProgress, lost=lambda call: call == 2),
    "costs ten times the estimate": Case(writes, BudgetExceeded, limit=30),
    "has not a cent left": Case(writes, BudgetExceeded, limit=1),
}


def run(say: LanguageModel, limit: int) -> tuple[Organisation, FerryError]:
    """One step of execution under a ceiling of `limit` cents, and the error that it ended by."""
    org = organisation({}, budget_cents=limit)
    try:
        execute(org.request("execution"), replace(org.bench, model=say))
    except FerryError as error:
        return org, error
    raise AssertionError("a runaway came to a good end")


@dataclass(frozen=True)
class Books:
    """In micro-dollars. charged: in the ledger, of which `unread` for answers that nobody got, as they were reserved;
    paid, lost: the same by the provider's count; account: what the budget counts as spent, and as held."""

    case: Case
    ended: FerryError
    calls: int
    charged: int
    unread: int
    paid: int
    lost: int
    account: tuple[int, int]

    def faults(self) -> list[str]:
        """What must hold and does not."""
        claims = {
            f"ended by {type(self.ended).__name__}": type(self.ended) is self.case.ends,
            "spent more than the budget": self.paid <= self.charged <= self.case.limit * CENT,
            # What was read is known to the cent; what was lost is charged as it was reserved, which is never less.
            "the ledger is not the bill": self.charged - self.unread == self.paid - self.lost,
            "a lost answer is charged below its price": self.unread >= self.lost,
            "the budget does not count what the ledger says": self.account == (self.charged, 0),
        }
        return [fault for fault, holds in claims.items() if not holds]


def play(case: Case) -> tuple[Books, Organisation]:
    model = PaidModel(case.say, load_prices(), case.lost, case.stop)
    org, ended = run(model, case.limit)
    ledger = org.store.ledger(TASK)
    account = org.store.accounts([task_account(TASK)])[task_account(TASK)]
    unread = sum(line.micro_dollars for line in ledger if line.lost)
    sums = (total(ledger), unread, model.paid, model.unread)
    return Books(case, ended, len(model.asked), *sums, (account.spent, account.held)), org
