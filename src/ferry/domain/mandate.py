"""The mandate: everything that one approval covers, in one digest."""

from __future__ import annotations

from collections.abc import Mapping

from ferry.domain.document import Document, digest


class Mandate(Document):
    """What was put before people, and nothing beside it may be executed.

    opening: how often the gate of this revision was opened, 1 for the first; plan: `PlanRecord.digest`;
    bases: SHA of each repository's default branch as it was shown; heads: SHA of the task's branch in each repository,
    PLAN.md in it; paths: what may be written, by repository; ticket: `Ticket.digest` of the frozen text;
    ticket_now: digest of the tracker's text as the approver was told of it, "" when the tracker did not answer;
    budget_cents: ceiling of the whole task; configuration: of agents and model, by setting.
    """

    task_id: str
    revision: int
    opening: int
    plan: str
    bases: Mapping[str, str]
    heads: Mapping[str, str]
    paths: Mapping[str, tuple[str, ...]]
    ticket: str
    ticket_now: str
    budget_cents: int
    configuration: Mapping[str, str]

    @property
    def digest(self) -> str:
        """What an approval is bound to."""
        return digest(self.dump())
