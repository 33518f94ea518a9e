"""An approval: a request bound to one digest, with at most one decision."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ferry.domain.document import Document
from ferry.domain.estimate import Estimate


class Decision(StrEnum):
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    REJECTED = "rejected"
    EXPIRED = "expired"


class Approval(Document):
    """id: unguessable; digest: `Mandate.digest`; decision: None while it is open; reason: feedback or why not, in a
    person's words.

    policy: digest of the policy as it was when people were asked, "" for the default;
    opening: how often the gate of this revision was opened; expires_at: RFC 3339, then it is nobody's any more;
    since: lines of mrkdwn, what changed since people were asked before; findings: of the integrity gate, one line each,
    which an approval allows; narrow: whether these alone are new since the same plan was approved;
    asked: keys of those who may decide, as they were when they were asked; incomplete: repositories of which discovery
    likely did not list all files, each with how probable it is that it did; estimate: of what is to come, None when
    there was nothing to go by;
    decided_by: a person's key, ``slack:U1``, ``jira:<account id>``, ``github:<login>`` or ``operator:<name>``;
    decided_through: the delivery that brought the decision, so that a second try of it goes on where the first stopped;
    entered_at: when execution began under it, which it may once.
    """

    id: str
    task_id: str
    revision: int
    digest: str
    requested_at: str
    policy: str = ""
    opening: int = 1
    expires_at: str = ""
    since: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    narrow: bool = False
    asked: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()
    estimate: Estimate | None = None
    message_ref: str = ""
    decision: Decision | None = None
    decided_by: str = ""
    decided_at: str = ""
    decided_through: str = ""
    reason: str = ""
    entered_at: str = ""


@dataclass(frozen=True)
class Ballot:
    """What one person says to one request, through whatever channel.

    by: as `Approval.decided_by`; digest: the first characters of what they were shown; reason: in their words.
    """

    by: str
    task_id: str
    approval_id: str
    digest: str
    decision: Decision
    reason: str = ""


class Vote(Document):
    """One person's yes to one request; by: as `Approval.decided_by`; through: the delivery that brought it."""

    task_id: str
    approval_id: str
    by: str
    at: str
    through: str
