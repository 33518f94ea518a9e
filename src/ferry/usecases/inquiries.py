"""What is recorded of the question which repository is meant: who said what, and who is told of it."""

from __future__ import annotations

from typing import Any

from ferry.domain.discovery import Discovery
from ferry.domain.errors import FerryError
from ferry.domain.guidance import Word, words
from ferry.domain.inquiry import Answer, Inquiry
from ferry.domain.messages.inquiry import answered
from ferry.domain.step import discovery_key, ticket_key
from ferry.domain.ticket import Ticket
from ferry.usecases.running import runs
from ferry.usecases.world import World


def last(task_id: str, world: World) -> Inquiry | None:
    return next(reversed(world.gate.inquiries(task_id)), None)


def said(task_id: str, world: World) -> tuple[Word, ...]:
    """Every repository that a person named for this task."""
    return words(world.gate.audit(task_id)[0])


def answer_to(task_id: str, world: World) -> str:
    """ "" while it is open. A repository that was named later than "none of these" counts as well."""
    if said(task_id, world):
        return Answer.CHOSEN
    inquiry = last(task_id, world)
    return inquiry.answer if inquiry and inquiry.answer else ""


def kind(inquiry: Inquiry) -> str:
    """Of the token under which the machine waits for this answer."""
    return f"inquiry#{inquiry.id}"


def close(inquiry: Inquiry, answer: Answer, world: World, **by: str) -> Inquiry:
    """Nobody's click answers it any more, unless one did a moment ago; how it stands now. by: `Inquiry`'s fields."""
    made: dict[str, Any] = {"answer": answer, "answered_at": world.now(), **by}
    if inquiry.answer is None and world.gate.settle(inquiry.model_copy(update=made)):
        show(world.gate.inquiry(inquiry.task_id, inquiry.id), world)
    return world.gate.inquiry(inquiry.task_id, inquiry.id)


def heed(task_id: str, world: World) -> Inquiry | None:
    """The last inquiry; a repository that was named beside it has answered it."""
    inquiry, named = last(task_id, world), said(task_id, world)
    if not inquiry or inquiry.answer is not None or not named:
        return inquiry
    return close(inquiry, Answer.CHOSEN, world, repo=named[-1].repo, answered_by=named[-1].by)


def wake(settled: Inquiry, world: World) -> bool:
    """Tell the record, the machine and the message what was answered; False when the machine waits no more.

    Safe to repeat: an earlier try, or the sweep beside it, may have told some of them already.
    """
    what = f"repository {settled.answer}" if settled.answer is Answer.CHOSEN else "no repository chosen"
    detail = f"by {settled.answered_by}: {settled.repo or 'none of these'}"
    world.store.add_event(settled.task_id, what, detail, once=f"inquiry {settled.id}")
    token = world.store.token(settled.task_id, kind(settled))
    woken = bool(token) and world.engine.succeed(token or "", {"answer": answer_to(settled.task_id, world)})
    show(settled, world)
    # Between two waits the machine has no token that is good; it looks at the record before it waits again.
    return woken or runs(world.store.task(settled.task_id), world)


def show(inquiry: Inquiry, world: World) -> None:
    """The message loses its buttons; a failure here changes nothing of the answer."""
    if not inquiry.message_ref:
        return
    try:
        world.chat.update(inquiry.message_ref, *answered(inquiry, *documents(inquiry.task_id, world)))
    except FerryError as error:
        detail = f"the message about the repository still shows buttons: {error}"
        world.store.add_event(inquiry.task_id, "notice failed", detail)


def documents(task_id: str, world: World) -> tuple[Discovery, Ticket]:
    found, ticket = discovery_key(task_id), ticket_key(task_id)
    return Discovery.read(world.artifacts.get(found), found), Ticket.read(world.artifacts.get(ticket), ticket)
