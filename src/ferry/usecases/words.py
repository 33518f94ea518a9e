"""Where a click came without words that it needs, they are asked for in a modal; a mention in the thread has them."""

from __future__ import annotations

import re

from ferry.domain.approval import Decision
from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.errors import FerryError, NotFound
from ferry.domain.messages.form import words_form
from ferry.domain.task import Task
from ferry.domain.triggers.slack import DIGEST_SHOWN, Click, Command, Mention
from ferry.usecases.world import World

_SAID = re.compile(
    r"(?P<approve>approve)[.!]*|(?P<changes>changes)[:,]?\s+(?P<what>.+)|(?P<reject>reject)[:,.!]*(?P<why>(?:\s.*)?)",
    re.IGNORECASE | re.DOTALL,
)


def ask_for_words(delivery: Delivery, click: Click, world: World) -> Receipt | None:
    """None when the click says all it must, cannot decide anyway, or came too late for a modal: then it is decided on,
    and whoever decides on it says what is missing."""
    if click.reason or not click.trigger or click.decision is Decision.APPROVED or not _stands(click, world):
        return None
    try:
        opened = world.chat.open_form(click.trigger, words_form(click))
    except FerryError:
        return None
    if not opened:
        return None
    reason = f"{click.decision.replace('_', ' ')} without words: asked for them in a modal"
    return Receipt(delivery.name, Outcome.IGNORED, reason, world.now(), click.task_id)


def _stands(click: Click, world: World) -> bool:
    """Nobody is asked to write what could not count."""
    try:
        approval = world.gate.approval(click.task_id, click.approval_id)
    except NotFound:
        return False
    return approval.decision is None and click.digest == approval.digest[:DIGEST_SHOWN]


def command_in_thread(mention: Mention, world: World) -> Command | None:
    """``approve``, ``changes <text>`` or ``reject [reason]``, said in a task's thread; all else is a question."""
    said = _SAID.fullmatch(mention.text)
    task = _task_of(mention.thread, world) if said else None
    if not said or not task:
        return None
    verb = (said["approve"] or said["changes"] or said["reject"]).lower()
    words = (said["what"] or said["why"] or "").strip()
    channel = mention.thread.partition(":")[0]
    return Command(mention.user, verb, (task.id, words) if words else (task.id,), channel)


def _task_of(thread: str, world: World) -> Task | None:
    """Slack names a thread by its first message: the task's, or the request's where that could not be posted."""
    for task in world.store.tasks():
        if thread == task.message_ref:
            return task
        if not task.message_ref and any(one.message_ref == thread for one in world.gate.approvals(task.id)):
            return task
    return None
