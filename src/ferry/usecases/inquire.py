"""Between discovery and plan: people are asked which repository is meant, reminded, and the machine waits for them.

The delivery machine calls these functions in a circle, as those of the gate; each can be tried again at any point.
Whoever answers first wins by one conditional write, and the next to look finds that answer.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from ferry.domain.errors import Conflict, NobodyWaits, NotApproved, TransientError
from ferry.domain.inquiry import MOST_CANDIDATES, Answer, Inquiry
from ferry.domain.messages.inquiry import still_asked, which_repository
from ferry.domain.task import TaskStatus
from ferry.usecases.inquiries import answer_to, close, documents, heed, kind, last, said, show
from ferry.usecases.waiting import WAITING, Patience, Slice, Waiting, call_people, ended, next_slice
from ferry.usecases.world import World

SOON = 60
"""Seconds until a question that Slack did not take is posted again."""


def inquire(task_id: str, world: World, patience: Patience) -> Slice:
    """Put the candidates before people, unless somebody named a repository already.

    NobodyWaits for a task that was stopped while this was on its way.
    """
    if world.store.task(task_id).status.ended:
        raise NobodyWaits(f"task {task_id} has ended; nobody is asked which repository it is about")
    world.store.update_task(task_id, status=TaskStatus.AWAITING_CHOICE)
    if said(task_id, world):
        return {"state": WAITING, "seconds": patience.timeout_seconds}
    newest = last(task_id, world)
    inquiry = newest if newest and newest.answer is None else _asked(task_id, patience, world)
    return _slice(post(inquiry, world), world, patience)


def listen(task_id: str, token: str, world: World) -> None:
    """The machine waits under `token` until somebody answers; at once, when somebody has."""
    if inquiry := last(task_id, world):
        world.store.put_token(task_id, kind(inquiry), token)
    # After the write: whoever answers in between finds the token, or we find the answer.
    heed(task_id, world)
    if answer := answer_to(task_id, world):
        world.engine.succeed(token, {"answer": answer})


def nudge(task_id: str, world: World, patience: Patience) -> Slice:
    """Whatever is due: reminders and escalations, each once, and at the end the question is closed.

    NotApproved when people were never asked.
    """
    inquiry = heed(task_id, world)
    if inquiry is None:
        raise NotApproved(f"{task_id}: people were never asked which repository is meant; `/agent retry {task_id}`")
    if inquiry.answer is None and inquiry.expires_at <= world.now():
        inquiry = close(inquiry, Answer.EXPIRED, world)
    if answer_to(task_id, world) == Answer.EXPIRED:
        return ended()
    if inquiry.answer is None:
        inquiry = post(inquiry, world)
        call_people(_waiting(inquiry, world, patience), world)
    return _slice(inquiry, world, patience)


def post(inquiry: Inquiry, world: World) -> Inquiry:
    """With its message; safe to repeat. While Slack is away it has none, and whoever comes next tries again."""
    if inquiry.message_ref:
        return inquiry
    message = which_repository(inquiry, *documents(inquiry.task_id, world))
    try:
        ref = world.chat.post(*message, thread=world.store.task(inquiry.task_id).message_ref)
    except TransientError as error:
        detail = f"nobody could be asked which repository is meant yet, that is tried again: {error}"
        world.store.add_event(inquiry.task_id, "notice failed", detail, once=f"unasked {inquiry.id}")
        return inquiry
    posted = inquiry.model_copy(update={"message_ref": ref})
    try:
        world.gate.show_inquiry(inquiry, ref)
    except Conflict:
        show(world.gate.inquiry(inquiry.task_id, inquiry.id).model_copy(update={"message_ref": ref}), world)
    detail = f"{inquiry.confidence:.0%} sure of {inquiry.candidates[0]}; asked which of {', '.join(inquiry.candidates)}"
    world.store.add_event(inquiry.task_id, "repository asked", detail)
    return posted


def _asked(task_id: str, patience: Patience, world: World) -> Inquiry:
    found, _ = documents(task_id, world)
    now = world.clock.now()
    inquiry = Inquiry(
        id=secrets.token_urlsafe(16),
        task_id=task_id,
        candidates=tuple(repo.name for repo in found.repositories[:MOST_CANDIDATES]),
        confidence=found.confidence,
        asked_at=world.now(),
        expires_at=(now + timedelta(seconds=patience.timeout_seconds)).isoformat(timespec="milliseconds"),
    )
    world.gate.inquire(inquiry)
    return inquiry


def _slice(inquiry: Inquiry, world: World, patience: Patience) -> Slice:
    found = next_slice(_waiting(inquiry, world, patience), world)
    posted = inquiry.message_ref or inquiry.answer
    return found if posted else {**found, "seconds": min(SOON, found["seconds"])}


def _waiting(inquiry: Inquiry, world: World, patience: Patience) -> Waiting:
    task = world.store.task(inquiry.task_id)
    return Waiting(
        task_id=task.id,
        about={"inquiry": inquiry.id},
        what="it waits for somebody to say which repository is meant",
        thread=task.message_ref or inquiry.message_ref,
        expires_at=inquiry.expires_at,
        table=patience.timetable(inquiry.asked_at, inquiry.expires_at),
        reminder=lambda one: still_asked(inquiry, one, task),
    )
