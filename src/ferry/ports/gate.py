"""The record of the gate (design §6), apart from the task's own record: those who run agents may read it alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ferry.domain.approval import Approval, Vote
from ferry.domain.audit import AuditHead, AuditRecord
from ferry.domain.inquiry import Inquiry


class Approvals(Protocol):
    """What anybody may read."""

    def approval(self, task_id: str, id: str) -> Approval:
        """NotFound when there is none."""

    def approvals(self, task_id: str) -> list[Approval]:
        """Oldest first."""

    def votes(self, approval: Approval) -> list[Vote]:
        """Oldest first."""

    def inquiry(self, task_id: str, id: str) -> Inquiry:
        """NotFound when there is none."""

    def inquiries(self, task_id: str) -> list[Inquiry]:
        """Oldest first."""

    def audit(self, task_id: str) -> tuple[list[AuditRecord], AuditHead]:
        """The chain from its first record, and what its end must be."""


class GateStore(Approvals, Protocol):
    """Every write is one conditional write together with its record in the audit chain."""

    def ask(self, approval: Approval) -> None:
        """A new, open request."""

    def wait(self, approval: Approval, token: str) -> bool:
        """Remember who waits for the decision, in place of who waited before; False when it is decided already."""

    def token(self, approval: Approval) -> str:
        """Who waits; "" when nobody does yet. It never leaves the server."""

    def show(self, approval: Approval, message_ref: str) -> None:
        """Remember the message that asks; Conflict when the request is decided already."""

    def vote(self, vote: Vote) -> bool:
        """False when this person voted on this request before."""

    def decide(self, decided: Approval, **about: str) -> bool:
        """False when it was decided before. about: what the policy said, for the audit."""

    def enter(self, approval: Approval, at: str) -> bool:
        """Execution begins under this approved request; False when it has begun before or nothing was approved."""

    def inquire(self, inquiry: Inquiry) -> None:
        """A new, open inquiry."""

    def show_inquiry(self, inquiry: Inquiry, message_ref: str) -> None:
        """Remember the message that asks; Conflict when the inquiry is answered already."""

    def settle(self, answered: Inquiry) -> bool:
        """False when it was answered before."""

    def raise_ceiling(self, task_id: str, about: Mapping[str, str]) -> bool:
        """Let the task spend ``about["cents"]`` more; False when the delivery ``about["through"]`` did so before."""

    def note(self, task_id: str, kind: str, about: Mapping[str, str]) -> None:
        """One more record of the audit chain."""
