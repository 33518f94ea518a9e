"""Between discovery and plan: people are asked which repository is meant, and the machine waits for their answer.

The delivery machine calls these functions; each can be tried again at any point. Whoever answers first wins by one
conditional write, and the next to look finds that answer.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from ferry.domain.discovery import Discovery
from ferry.domain.errors import Conflict, FerryError, NobodyWaits
from ferry.domain.guidance import Word, words
from ferry.domain.inquiry import MOST_CANDIDATES, Answer, Inquiry
from ferry.domain.messages.inquiry import answered, which_repository
from ferry.domain.step import discovery_key, ticket_key
from ferry.domain.task import TaskStatus
from ferry.domain.ticket import Ticket
from ferry.usecases.world import World


def inquire(task_id: str, timeout_seconds: int, world: World) -> dict[str, Any]:
    """Put the candidates before people, unless somebody named a repository already. Returns ``{"seconds"}`` to wait.

    NobodyWaits for a task that was stopped while this was on its way.
    """
    if world.store.task(task_id).status.ended:
        raise NobodyWaits(f"task {task_id} has ended; nobody is asked which repository it is about")
    world.store.update_task(task_id, status=TaskStatus.AWAITING_CHOICE)
    if said(task_id, world):
        return {"seconds": timeout_seconds}
    newest = last(task_id, world)
    inquiry = newest if newest and newest.answer is None else _asked(task_id, timeout_seconds, world)
    _post(inquiry, world)
    return {"seconds": timeout_seconds}


def listen(task_id: str, token: str, world: World) -> None:
    """The machine waits under `token` until somebody answers; at once, when somebody has."""
    inquiry = last(task_id, world)
    if inquiry:
        world.store.put_token(task_id, kind(inquiry), token)
    # After the write: whoever answers in between finds the token, or we find the answer.
    if answer := _answer(task_id, world):
        world.engine.succeed(token, {"answer": answer})


def lapse(task_id: str, world: World) -> dict[str, str]:
    """Nobody answered in time, unless somebody did a moment ago."""
    inquiry = last(task_id, world)
    if inquiry and inquiry.answer is None:
        closed = inquiry.model_copy(update={"answer": Answer.EXPIRED, "answered_at": world.now()})
        if world.gate.settle(closed):
            show(world.gate.inquiry(task_id, inquiry.id), world)
    return {"answer": _answer(task_id, world) or Answer.EXPIRED}


def show(inquiry: Inquiry, world: World) -> None:
    """The message loses its buttons; a failure here changes nothing of the answer."""
    if not inquiry.message_ref:
        return
    try:
        world.chat.update(inquiry.message_ref, *answered(inquiry, *_documents(inquiry.task_id, world)))
    except FerryError as error:
        detail = f"the message about the repository still shows buttons: {error}"
        world.store.add_event(inquiry.task_id, "notice failed", detail)


def last(task_id: str, world: World) -> Inquiry | None:
    return next(reversed(world.gate.inquiries(task_id)), None)


def said(task_id: str, world: World) -> tuple[Word, ...]:
    """Every repository that a person named for this task."""
    return words(world.gate.audit(task_id)[0])


def kind(inquiry: Inquiry) -> str:
    """Of the token under which the machine waits for this answer."""
    return f"inquiry#{inquiry.id}"


def _answer(task_id: str, world: World) -> str:
    """ "" while it is open. A repository that was named later than "none of these" counts as well."""
    if said(task_id, world):
        return Answer.CHOSEN
    inquiry = last(task_id, world)
    return inquiry.answer if inquiry and inquiry.answer else ""


def _asked(task_id: str, timeout_seconds: int, world: World) -> Inquiry:
    found, _ = _documents(task_id, world)
    now = world.clock.now()
    inquiry = Inquiry(
        id=secrets.token_urlsafe(16),
        task_id=task_id,
        candidates=tuple(repo.name for repo in found.repositories[:MOST_CANDIDATES]),
        confidence=found.confidence,
        asked_at=world.now(),
        expires_at=(now + timedelta(seconds=timeout_seconds)).isoformat(timespec="milliseconds"),
    )
    world.gate.inquire(inquiry)
    return inquiry


def _post(inquiry: Inquiry, world: World) -> None:
    """Safe to repeat: an inquiry that has its message gets no second one."""
    if inquiry.message_ref:
        return
    message = which_repository(inquiry, *_documents(inquiry.task_id, world))
    ref = world.chat.post(*message, thread=world.store.task(inquiry.task_id).message_ref)
    try:
        world.gate.show_inquiry(inquiry, ref)
    except Conflict:
        show(world.gate.inquiry(inquiry.task_id, inquiry.id).model_copy(update={"message_ref": ref}), world)
    detail = f"{inquiry.confidence:.0%} sure of {inquiry.candidates[0]}; asked which of {', '.join(inquiry.candidates)}"
    world.store.add_event(inquiry.task_id, "repository asked", detail)


def _documents(task_id: str, world: World) -> tuple[Discovery, Ticket]:
    found, ticket = discovery_key(task_id), ticket_key(task_id)
    return Discovery.read(world.artifacts.get(found), found), Ticket.read(world.artifacts.get(ticket), ticket)
