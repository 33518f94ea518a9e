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
    """Adds up; refuses the next step once a limit is reached, so the last answer paid for is never thrown away."""

    budget: Budget
    started: datetime
    steps: int = 0
    tokens: int = 0
    micro_dollars: int = field(default=0)

    def check(self, now: datetime) -> None:
        """BudgetExceeded names the limit and what was spent."""
        limit, budget = "", self.budget
        if self.steps >= budget.steps:
            limit = f"{budget.steps} steps"
        elif self.tokens >= budget.tokens:
            limit = f"{budget.tokens} tokens"
        elif self.micro_dollars >= budget.micro_dollars:
            limit = dollars(budget.micro_dollars)
        elif (now - self.started).total_seconds() >= budget.seconds:
            limit = f"{budget.seconds:g} seconds"
        if limit:
            raise BudgetExceeded(
                f"the attempt used up its {limit} (steps {self.steps}, tokens {self.tokens}, "
                f"{dollars(self.micro_dollars)}); raise the budget or make the task smaller"
            )

    def add(self, usage: Usage, micro_dollars: int) -> None:
        self.steps += 1
        self.tokens += usage.input + usage.output + usage.cache_read + usage.cache_write
        self.micro_dollars += micro_dollars
