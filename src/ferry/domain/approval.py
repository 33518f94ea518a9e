"""An approval: a request bound to one digest, with at most one decision."""

from __future__ import annotations

from enum import StrEnum

from ferry.domain.document import Document


class Decision(StrEnum):
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    REJECTED = "rejected"
    EXPIRED = "expired"


class Approval(Document):
    """id: unguessable; decision: None while it is open; reason: feedback or why not, in a person's words.

    decided_through: the delivery that brought the decision, so that a second try of it goes on where the first stopped.
    """

    id: str
    task_id: str
    revision: int
    digest: str
    requested_at: str
    message_ref: str = ""
    decision: Decision | None = None
    decided_by: str = ""
    decided_at: str = ""
    decided_through: str = ""
    reason: str = ""
