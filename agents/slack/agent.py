"""Slack: one question of a person, answered in its thread from the record; it can look and nothing else."""

from __future__ import annotations

import logging
import secrets
from pathlib import Path

from pydantic import Field

from agents.slack.tools.find_tasks import find_tasks
from agents.slack.tools.read_receipts import read_receipts
from agents.slack.tools.read_task import read_task
from ferry.agentkit.loop import AgentRun, converse
from ferry.agentkit.prompt import render
from ferry.agentkit.untrusted import block
from ferry.domain.delivery import Delivery, Outcome, Receipt, Source
from ferry.domain.document import Document
from ferry.domain.errors import Conflict, FerryError
from ferry.domain.messages.answer import answered, unanswered
from ferry.domain.messages.blocks import Rendered
from ferry.domain.question import Question
from ferry.ports import Approvals, Chat, TaskStore

PROMPT = Path(__file__).with_name("prompt.md")
LEASE_SECONDS = 300
logger = logging.getLogger("ferry.slack")


class Answer(Document):
    """Hand in the answer; it is posted in the thread as plain text."""

    text: str = Field(min_length=1, max_length=2000, description="At most five short sentences.")
    sure: bool = Field(description="Whether what you read proves it.")


def answer(question: Question, *, store: TaskStore, approvals: Approvals, chat: Chat, run: AgentRun) -> None:
    """Posts exactly one message, also when there is no answer; a question that comes twice is answered once."""
    now = run.clock.now().isoformat(timespec="milliseconds")
    claim = Delivery(Source.SLACK, f"{question.id}/answer", "answer", "", question.asked_at)
    owner = secrets.token_hex(8)
    try:
        if store.claim_delivery(claim, owner, lease_seconds=LEASE_SECONDS):
            return
    except Conflict:
        return
    seen: list[str] = []
    text, blocks = _said(question, store, approvals, run, seen)
    chat.post(text, blocks, thread=question.thread)
    told = f"answered; looked at {'; '.join(seen) or 'nothing'}"
    store.put_receipt(Receipt(claim.name, Outcome.IGNORED, told, now), owner)


def _said(question: Question, store: TaskStore, approvals: Approvals, run: AgentRun, seen: list[str]) -> Rendered:
    note = seen.append
    tools = (find_tasks(store, note), read_task(store, approvals, note), read_receipts(store, note))
    asked = block("question", question.text)
    prompt = render(PROMPT, question=asked, now=run.clock.now().isoformat(timespec="minutes"))
    try:
        found = converse(run, system=prompt.system, prompt=prompt.user, tools=tools, result=Answer)
    except FerryError as error:
        logger.warning("question %s: %s: %s", question.id, type(error).__name__, error)
        return unanswered(type(error).__name__, seen)
    # Whoever looked at nothing cannot be sure, whatever it says.
    return answered(found.text, sure=found.sure and bool(seen), looked_at=seen)
