"""What one conversation may spend, and what it has spent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ferry.domain.errors import BudgetExceeded
from ferry.domain.ledger import Usage, dollars


@dataclass(frozen=True)
class Budget:
    """steps: model calls; tokens: input, output and cache together; seconds: wall time."""

    steps: int = 40
    tokens: int = 1_000_000
    micro_dollars: int = 2_000_000
    seconds: float = 600


@dataclass
class Meter:
    """Adds up; refuses the next step once a limit is reached, so the last answer paid for is never thrown away.

    Money alone is refused before a call could pass its limit (`afford`).
    """

    budget: Budget
    started: datetime
    steps: int = 0
    tokens: int = 0
    micro_dollars: int = field(default=0)

    @property
    def room(self) -> int:
        return self.budget.micro_dollars - self.micro_dollars

    @property
    def steps_left(self) -> int:
        return self.budget.steps - self.steps

    def check(self, now: datetime) -> None:
        """BudgetExceeded names the limit and what was spent."""
        limit, budget = "", self.budget
        if self.steps >= budget.steps:
            limit = f"{budget.steps} steps"
        elif self.tokens >= budget.tokens:
            limit = f"{budget.tokens} tokens"
        elif (now - self.started).total_seconds() >= budget.seconds:
            limit = f"{budget.seconds:g} seconds"
        if limit:
            raise BudgetExceeded(
                f"the attempt used up its {limit} ({self._spent}); make the task smaller, or try again"
            )

    def afford(self, micro_dollars: int) -> None:
        """BudgetExceeded when the next call may cost that much and the attempt has less."""
        if micro_dollars > self.room:
            raise BudgetExceeded(
                f"the attempt may cost {dollars(self.budget.micro_dollars)}, and its next call up to "
                f"{dollars(micro_dollars)} more ({self._spent}); make the task smaller, or try again"
            )

    def add(self, usage: Usage, micro_dollars: int) -> None:
        self.steps += 1
        self.tokens += usage.asked + usage.output
        self.micro_dollars += micro_dollars

    @property
    def _spent(self) -> str:
        return f"steps {self.steps}, tokens {self.tokens}, {dollars(self.micro_dollars)}"
