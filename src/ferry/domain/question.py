"""A question that a person asks Ferry in Slack."""

from __future__ import annotations

from ferry.domain.document import Document

LEDGER = "questions"
"""Under this name the ledger and the transcripts of questions are kept, beside those of tasks."""


class Question(Document):
    """id: of the delivery that brought it; user: who asks; thread: ref of the message that is answered."""

    id: str
    user: str
    text: str
    thread: str
    asked_at: str
