"""Start one task for one frozen ticket, exactly once however often it is tried."""

from __future__ import annotations

import hashlib
import logging

from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.errors import Conflict, FerryError, NotFound
from ferry.domain.messages import started
from ferry.domain.step import ticket_key
from ferry.domain.task import Task, TaskStatus
from ferry.domain.ticket import Ticket
from ferry.usecases.world import World

logger = logging.getLogger("ferry.start")


def start(delivery: Delivery, ticket: Ticket, world: World) -> Receipt:
    """The task's id and its execution's name come from the delivery, so a crash half-way is simply tried again."""
    task_id = f"{ticket.key}-{hashlib.sha256(delivery.name.encode()).hexdigest()[:6]}"
    carrier = world.store.live_run(ticket.key) or _create(task_id, ticket, world)
    if carrier != task_id:
        return _receipt(delivery, Outcome.DUPLICATE, f"task {carrier} already carries {ticket.key}", world, carrier)
    _run(world.store.task(task_id), ticket, world)
    return _receipt(delivery, Outcome.STARTED, f"{ticket.key} is carried by task {task_id}", world, task_id)


def first_input(task_id: str) -> dict[str, object]:
    """The delivery machine's input; every field is there from the start, as JSONPath needs it."""
    return {"task_id": task_id, "resume_from": "", "plan": {"revision": 1, "feedback": ""}}


def _create(task_id: str, ticket: Ticket, world: World) -> str:
    """The task that carries the ticket: the new one, that of a delivery which was faster, or our own which has ended
    since an earlier try. Conflict when the write was cancelled for another reason: it has to be tried again."""
    world.artifacts.put(ticket_key(task_id), ticket.model_dump_json().encode())
    if world.store.create_task(_task(task_id, ticket, world)):
        return task_id
    try:
        return world.store.live_run(ticket.key) or world.store.task(task_id).id
    except NotFound as error:
        raise Conflict(f"the task of {ticket.key} could not be written just now") from error


def _run(task: Task, ticket: Ticket, world: World) -> None:
    """Every part that an earlier try did is left out; the engine itself knows a name that it has started."""
    if not (task.execution or task.status.ended):
        task = world.store.update_task(task.id, execution=world.engine.start(task.id, first_input(task.id)))
    if not any(line.kind == "started" for line in world.store.events(task.id)):
        who = ticket.triggered_by_name or ticket.triggered_by
        world.store.add_event(task.id, "started", f"{who} asked for {ticket.key}: {ticket.title}")
    if not task.message_ref:
        _announce(task, ticket, world)


def _task(task_id: str, ticket: Ticket, world: World) -> Task:
    return Task(
        id=task_id,
        ticket_key=ticket.key,
        title=ticket.title,
        status=TaskStatus.RECEIVED,
        created_at=world.now(),
        updated_at=world.now(),
        run=world.store.last_run(ticket.key) + 1,
    )


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
