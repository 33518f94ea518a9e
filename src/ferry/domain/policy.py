"""Who may decide about a plan, and how many of them it takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from ferry.domain.document import Document
from ferry.domain.errors import InvalidDocument, InvalidSettings


class Policy(Document):
    """approvers: keys of people (``slack:U1``); escalation: who is told when nobody answers; remind_at, escalate_at:
    shares of the time that a request waits; moved_base: whether any commit on a default branch asks again, or those
    alone that touch a file of the plan."""

    approvers: tuple[str, ...] = ()
    escalation: tuple[str, ...] = ()
    remind_at: float = Field(default=0.5, gt=0, lt=1)
    escalate_at: float = Field(default=0.75, gt=0, lt=1)
    moved_base: Literal["any", "touched"] = "any"


def read_policy(text: str, approvers: Iterable[str]) -> Policy:
    """text: a policy as JSON, "" for the default: one of `approvers`, who are Slack user ids. InvalidSettings."""
    if not text:
        return Policy(approvers=tuple(f"slack:{id}" for id in approvers))
    try:
        return Policy.read(text, "APPROVAL_POLICY")
    except InvalidDocument as error:
        raise InvalidSettings(f'{error} — see docs/configuration.md, "Approval policy"') from error
