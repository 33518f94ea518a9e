"""Start one task for one frozen ticket, exactly once however often it is tried."""

from __future__ import annotations

import logging

from ferry.domain.admission.budget import DEFAULT, Budget, Subject
from ferry.domain.admission.people import NOBODY_SPECIAL, JiraPeople
from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.errors import Conflict, FerryError, NotFound
from ferry.domain.messages import started
from ferry.domain.naming import task_id
from ferry.domain.step import ticket_key
from ferry.domain.task import Task, TaskStatus
from ferry.domain.ticket import Ticket
from ferry.usecases.freeze import freeze
from ferry.usecases.spend import spend
from ferry.usecases.world import World

logger = logging.getLogger("ferry.start")


def start(
    delivery: Delivery, ticket: Ticket, world: World, *, people: JiraPeople = NOBODY_SPECIAL, budget: Budget = DEFAULT
) -> Receipt:
    """The task's id and its execution's name come from the trigger, so a crash half-way is simply tried again.

    people: whose comments are part of the ticket.
    """
    id = task_id(ticket.key, ticket.trigger or delivery.name)
    known = _known(id, world)
    if known and known.delivery != delivery.name:
        reason = f"the same change came before, as {known.delivery}; it is task {id}"
        return _receipt(delivery, Outcome.DUPLICATE, reason, world, id)
    if not known and (refusal := _create(id, delivery, ticket, people, budget, world)):
        return refusal
    _run(id, world)
    return _receipt(delivery, Outcome.STARTED, f"{ticket.key} is carried by task {id}", world, id)


def first_input(task_id: str) -> dict[str, object]:
    """The delivery machine's input; every field is there from the start, as JSONPath needs it."""
    return {"task_id": task_id, "resume_from": "", "plan": {"revision": 1, "feedback": ""}}


def _known(id: str, world: World) -> Task | None:
    try:
        return world.store.task(id)
    except NotFound:
        return None


def _create(
    id: str, delivery: Delivery, ticket: Ticket, people: JiraPeople, budget: Budget, world: World
) -> Receipt | None:
    """The frozen ticket and the task are in the record, or the receipt that says why not."""
    if live := world.store.live_run(ticket.key):
        return _receipt(delivery, Outcome.DUPLICATE, f"task {live} already carries {ticket.key}", world, live)
    if refusal := spend(delivery.name, Subject(ticket=ticket.key), world, budget):
        return _receipt(delivery, Outcome.REJECTED, refusal, world)
    frozen, unread = freeze(ticket, people, world)
    world.artifacts.put(ticket_key(id), frozen.model_dump_json().encode())
    if not world.store.create_task(_task(id, delivery, ticket, world)) and (faster := _carrier(id, ticket, world)):
        return _receipt(delivery, Outcome.DUPLICATE, f"task {faster} already carries {ticket.key}", world, faster)
    if unread:
        world.store.add_event(id, "comments unread", unread)
    return None


def _carrier(id: str, ticket: Ticket, world: World) -> str:
    """Who was faster; "" when it was ourselves, for AWS's own client tries a write again whose answer was lost.

    Conflict when nobody was: the write was cancelled for another reason and has to be tried again.
    """
    live = world.store.live_run(ticket.key)
    if live and live != id:
        return live
    if _known(id, world) is None:
        raise Conflict(f"the task of {ticket.key} could not be written just now")
    return ""


def _task(id: str, delivery: Delivery, ticket: Ticket, world: World) -> Task:
    return Task(
        id=id,
        ticket_key=ticket.key,
        title=ticket.title,
        status=TaskStatus.RECEIVED,
        created_at=world.now(),
        updated_at=world.now(),
        run=world.store.last_run(ticket.key) + 1,
        delivery=delivery.name,
    )


def _run(id: str, world: World) -> None:
    """Whatever of the start an earlier try has not done; the engine itself knows a name that it has started."""
    ticket = Ticket.read(world.artifacts.get(ticket_key(id)), f"ticket of {id}")
    task = world.store.task(id)
    if not (task.execution or task.status.ended):
        task = world.store.update_task(id, execution=world.engine.start(id, first_input(id)))
    if not any(line.kind == "started" for line in world.store.events(id)):
        who = ticket.triggered_by_name or ticket.triggered_by
        world.store.add_event(id, "started", f"{who} asked for {ticket.key}: {ticket.title}")
    if not task.message_ref and not task.status.ended:
        _announce(task, ticket, world)


def _announce(task: Task, ticket: Ticket, world: World) -> None:
    """A notice that fails is noted and never stops the work."""
    try:
        text, blocks = started(task, ticket)
        world.store.update_task(task.id, message_ref=world.chat.post(text, blocks))
    except FerryError as error:
        logger.warning("task %s: the start could not be announced: %s", task.id, error)
        world.store.add_event(task.id, "notice failed", f"Slack was not told of the start: {error}")


def _receipt(delivery: Delivery, outcome: Outcome, reason: str, world: World, task_id: str = "") -> Receipt:
    return Receipt(delivery.name, outcome, reason, world.now(), task_id)
