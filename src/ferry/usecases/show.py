"""The message that asks: posted, reminded of in its thread, and without buttons once somebody decided."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.approval import Approval
from ferry.domain.errors import Conflict, FerryError
from ferry.domain.ledger import dollars, total
from ferry.domain.messages import approval_request, decided, reminder
from ferry.domain.messages.blocks import Rendered
from ferry.domain.messages.edits import edits_warning
from ferry.domain.policy import Need
from ferry.domain.reminders import Due
from ferry.domain.ticket_edit import EDITED, UNCOMPARED
from ferry.domain.triggers.slack import DIGEST_SHOWN
from ferry.usecases.footing import load_case, read_mandate
from ferry.usecases.world import World


def ask_people(approval: Approval, world: World, needs: Sequence[Need] = ()) -> None:
    """Safe to repeat: a request that has its message gets no second one. needs: what an approval takes."""
    task_id = approval.task_id
    if approval.message_ref:
        return
    text, blocks = _message(approval, world, needs)
    ref = world.chat.post(text, blocks, thread=world.store.task(task_id).message_ref)
    _remember(approval, ref, world)
    what = f"plan {approval.revision}, digest {approval.digest[:DIGEST_SHOWN]}"
    world.store.add_event(task_id, "approval requested", what)


def remind_people(approval: Approval, due: Due, world: World) -> None:
    """In the thread of the request; a reminder that cannot be posted is noted and stops nothing."""
    task = world.store.task(approval.task_id)
    try:
        text, blocks = reminder(approval, due, task)
        world.chat.post(text, blocks, thread=approval.message_ref or task.message_ref)
    except FerryError as error:
        world.store.add_event(task.id, "notice failed", f"nobody was reminded: {error}")
    else:
        world.store.add_event(task.id, due.kind, f"plan {approval.revision} waits for a decision")


def show_votes(approval: Approval, needs: Sequence[Need], world: World) -> None:
    """The message says who approved already; whoever decides meanwhile still takes its buttons away."""
    shown = world.gate.approval(approval.task_id, approval.id)
    _update(shown, world, needs)
    if shown.decision is None:
        now = world.gate.approval(approval.task_id, approval.id)
        if now.decision is not None:
            show_decision(now, world)


def show_decision(approval: Approval, world: World) -> None:
    """The message loses its buttons; a failure here changes nothing of the decision."""
    _update(approval, world)


def _update(approval: Approval, world: World, needs: Sequence[Need] = ()) -> None:
    if not approval.message_ref:
        return
    try:
        world.chat.update(approval.message_ref, *_message(approval, world, needs))
    except FerryError as error:
        world.store.add_event(approval.task_id, "notice failed", f"the message could not be updated: {error}")


def _remember(approval: Approval, ref: str, world: World) -> None:
    try:
        world.gate.show(approval, ref)
    except Conflict:
        # Somebody clicked before we knew the message's name, so its buttons still stand.
        closed = world.gate.approval(approval.task_id, approval.id)
        show_decision(closed.model_copy(update={"message_ref": ref}), world)


def _message(approval: Approval, world: World, needs: Sequence[Need] = ()) -> Rendered:
    case = load_case(approval.task_id, approval.revision, world)
    spent = dollars(total(world.store.ledger(approval.task_id)))
    lines = world.store.events(approval.task_id)
    compared = not any(line.kind == UNCOMPARED and line.at >= approval.requested_at for line in lines)
    warning = edits_warning(case.ticket.key, sum(line.kind == EDITED for line in lines), compared=compared)
    record = case.record.model_copy(update={"budget_cents": read_mandate(approval, world).budget_cents})
    if approval.decision:
        return decided(approval, record, case.ticket, case.pulls, spent, warning, world.gate.votes(approval))
    return approval_request(approval, record, case.ticket, case.pulls, spent, warning, needs)
