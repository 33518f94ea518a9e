"""The budgets as settings give them."""

from __future__ import annotations

from dataclasses import dataclass

from ferry.agentkit.budget import Budget
from ferry.domain.errors import InvalidSettings
from ferry.domain.ledger import MICRO
from ferry.domain.spending import Caps


@dataclass(frozen=True)
class BudgetSettings:
    """step: of one attempt; ticket: of all its tasks; team, month: of a calendar month, 0 for none; teams: team by Jira
    project, as ``FERRY=payments``."""

    step_budget_cents: int = 200
    ticket_budget_cents: int = 3000
    team_budget_cents: int = 0
    month_budget_cents: int = 0
    teams: tuple[str, ...] = ()

    @property
    def attempt(self) -> Budget:
        return Budget(micro_dollars=self.step_budget_cents * MICRO // 100)

    @property
    def caps(self) -> Caps:
        """InvalidSettings for a team that cannot be read."""
        teams = dict(map(_team, self.teams))
        return Caps(self.ticket_budget_cents, self.team_budget_cents, self.month_budget_cents, teams)


def _team(text: str) -> tuple[str, str]:
    project, _, team = (part.strip() for part in text.partition("="))
    if not project or not team or ":" in text:
        raise InvalidSettings(f"TEAMS: {text!r} is not a Jira project and its team, as FERRY=payments")
    return project.upper(), team
