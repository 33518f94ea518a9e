"""An inquiry: the candidates that people choose from when discovery is not sure enough, with at most one answer."""

from __future__ import annotations

from enum import StrEnum

from ferry.domain.document import Document

MOST_CANDIDATES = 3


class Answer(StrEnum):
    CHOSEN = "chosen"
    NONE = "none"
    EXPIRED = "expired"
    REPLACED = "replaced"


class Inquiry(Document):
    """id: unguessable; candidates: ``owner/name``, best first; confidence: discovery's own in the first of them.

    answer: None while it is open, REPLACED when the task is to be asked about anew; repo: the chosen one, "" for none;
    answered_by: a person's key; answered_through: the delivery that brought the answer, so that a second try of it
    goes on where the first stopped.
    """

    id: str
    task_id: str
    candidates: tuple[str, ...]
    confidence: float
    asked_at: str
    expires_at: str
    message_ref: str = ""
    answer: Answer | None = None
    repo: str = ""
    answered_by: str = ""
    answered_at: str = ""
    answered_through: str = ""


def answer_of(answered: Inquiry, now: Inquiry) -> Inquiry:
    """The record `now` with nothing but the answer of `answered`."""
    made = answered.model_dump(include={"answer", "repo", "answered_by", "answered_at", "answered_through"})
    return now.model_copy(update=made)
