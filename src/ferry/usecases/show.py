"""The message that asks: posted, and without buttons once somebody decided."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain import plan_md
from ferry.domain.approval import Approval
from ferry.domain.ceiling import raised_cents
from ferry.domain.errors import Conflict, FerryError
from ferry.domain.ledger import total
from ferry.domain.messages import approval_request, decided, newer_request
from ferry.domain.messages.edits import edits_warning
from ferry.domain.messages.permission import diff_name
from ferry.domain.messages.plan import Facts, whole
from ferry.domain.messages.screened import screened
from ferry.domain.policy import Need
from ferry.domain.ticket_edit import EDITED, UNCOMPARED
from ferry.domain.triggers.slack import DIGEST_SHOWN
from ferry.usecases.footing import load_case, read_mandate
from ferry.usecases.held import shown_changes
from ferry.usecases.world import World


def ask_people(approval: Approval, world: World, needs: Sequence[Need] = ()) -> None:
    """Safe to repeat: a request that has its message gets no second one. needs: what an approval takes."""
    task_id = approval.task_id
    if approval.message_ref:
        return
    facts, thread = _facts(approval, world, needs), world.store.task(task_id).message_ref
    ref = world.chat.post(*approval_request(facts), thread=thread)
    _remember(approval, ref, world)
    if not whole(facts):
        _attach(task_id, thread or ref, plan_md.PLAN_FILE, plan_md.render(facts.record, facts.ticket), world)
    for held in facts.held:
        _attach(task_id, thread or ref, diff_name(held), held.diff(), world)
    what = f"plan {approval.revision}, digest {approval.digest[:DIGEST_SHOWN]}"
    world.store.add_event(task_id, "approval requested", what)


def show_votes(approval: Approval, needs: Sequence[Need], world: World) -> None:
    """The message says who approved already; whoever decides meanwhile still takes its buttons away."""
    shown = world.gate.approval(approval.task_id, approval.id)
    _update(shown, world, needs=needs)
    if shown.decision is None:
        now = world.gate.approval(approval.task_id, approval.id)
        if now.decision is not None:
            show_decision(now, world)


def show_decision(approval: Approval, world: World, newer: Approval | None = None) -> None:
    """The message loses its buttons; a failure here changes nothing of the decision. newer: what replaced it."""
    _update(approval, world, newer=newer)


def _update(approval: Approval, world: World, *, needs: Sequence[Need] = (), newer: Approval | None = None) -> None:
    if not approval.message_ref:
        return
    try:
        facts = _facts(approval, world, needs)
        named = newer_request(newer, _address(newer, world)) if newer else ""
        shown = decided(facts, named) if approval.decision else approval_request(facts)
        world.chat.update(approval.message_ref, *shown)
    except FerryError as error:
        world.store.add_event(approval.task_id, "notice failed", f"the message could not be updated: {error}")


def _remember(approval: Approval, ref: str, world: World) -> None:
    try:
        world.gate.show(approval, ref)
    except Conflict:
        # Somebody clicked before we knew the message's name, so its buttons still stand.
        closed = world.gate.approval(approval.task_id, approval.id)
        show_decision(closed.model_copy(update={"message_ref": ref}), world)


def _attach(task_id: str, thread: str, name: str, text: str, world: World) -> None:
    """In full what the message has no room for; the request stands without it."""
    try:
        world.chat.attach(thread, name, text)
    except FerryError as error:
        world.store.add_event(task_id, "notice failed", f"{name} could not be put into the thread: {error}")


def _address(approval: Approval, world: World) -> str:
    """Empty when the chat does not tell it: the message says in words which request is meant."""
    try:
        return world.chat.link(world.gate.approval(approval.task_id, approval.id).message_ref)
    except FerryError:
        return ""


def _facts(approval: Approval, world: World, needs: Sequence[Need]) -> Facts:
    case = load_case(approval.task_id, approval.revision, world)
    lines, mandate = world.store.events(approval.task_id), read_mandate(approval, world)
    raised = raised_cents(world.gate.audit(approval.task_id)[0])
    compared = not any(line.kind == UNCOMPARED and line.at >= approval.requested_at for line in lines)
    edits = edits_warning(case.ticket.key, sum(line.kind == EDITED for line in lines), compared=compared)
    return Facts(
        approval=approval,
        record=case.record.model_copy(update={"budget_cents": mandate.budget_cents + raised}),
        ticket=case.ticket,
        pulls=case.pulls,
        spent=total(world.store.ledger(approval.task_id)),
        before=load_case(approval.task_id, approval.revision - 1, world).record if approval.revision > 1 else None,
        warning="\n".join(filter(None, (edits, screened(lines)))),
        votes=world.gate.votes(approval) if approval.decision else (),
        needs=needs,
        held=shown_changes(mandate, world),
    )
