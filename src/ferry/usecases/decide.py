"""The human gate: ask one person-readable question, take one decision, resolve one token."""

from __future__ import annotations

import secrets

from ferry.domain.approval import Approval, Decision
from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.errors import Conflict, FerryError, NobodyWaits, NotFound
from ferry.domain.ledger import dollars, total
from ferry.domain.messages import approval_request, decided
from ferry.domain.messages.blocks import Rendered
from ferry.domain.messages.edits import edits_warning
from ferry.domain.plan import PlanRecord
from ferry.domain.step import plan_key, ticket_key
from ferry.domain.task import TaskStatus
from ferry.domain.ticket import Ticket
from ferry.domain.ticket_edit import EDITED, UNCOMPARED
from ferry.domain.triggers.slack import DIGEST_SHOWN, Click
from ferry.usecases.ticket_edits import look_again
from ferry.usecases.world import World


def request_approval(task_id: str, revision: int, token: str, world: World) -> Approval:
    """Put the plan before people; the machine waits for `token` until one of them decides.

    NobodyWaits for a task that was stopped while this was on its way.
    """
    if world.store.task(task_id).status.ended:
        raise NobodyWaits(f"task {task_id} has ended; nobody is asked about its plan")
    record = PlanRecord.read(world.artifacts.get(plan_key(task_id, revision)), f"plan {revision} of {task_id}")
    for open_one in (approval for approval in world.store.approvals(task_id) if approval.decision is None):
        replaced = _closed(open_one, Decision.EXPIRED, "", "a newer request replaced it", world)
        if world.store.decide(replaced):
            show_decision(replaced, world)
    approval = Approval(
        id=secrets.token_urlsafe(16),
        task_id=task_id,
        revision=revision,
        digest=record.digest,
        requested_at=world.now(),
    )
    world.store.add_approval(approval, token)
    task = world.store.update_task(task_id, status=TaskStatus.AWAITING_APPROVAL, revision=revision)
    look_again(task_id, world)
    text, blocks = _message(approval, world)
    ref = world.chat.post(text, blocks, thread=task.message_ref)
    _remember_message(approval, ref, world)
    world.store.add_event(task_id, "approval requested", f"plan {revision}, digest {record.digest[:DIGEST_SHOWN]}")
    return approval


def decide(delivery: Delivery, click: Click, world: World, *, approvers: frozenset[str], max_revisions: int) -> Receipt:
    """Record the decision and wake the machine; whoever may not, or comes late, is told why."""
    try:
        approval = world.store.approval(click.task_id, click.approval_id)
    except NotFound:
        return _refuse(delivery, click, "there is no such request", world)
    again = approval.decided_through == delivery.name
    if not again:
        if refusal := _refusal(approval, click, approvers, max_revisions):
            return _refuse(delivery, click, refusal, world)
        closed = _closed(approval, click.decision, click.user, click.reason, world, through=delivery.name)
        if not _recorded(closed, world):
            return _refuse(delivery, click, "somebody else decided a moment ago", world)
        approval = closed
    # A second try cannot know whether the first woke the machine before it died, so only a first one says it did not.
    if not wake(approval, world, again=again) and not again:
        lost = f"the machine waits no more: `python -m ferry resume {click.task_id}` goes on from this decision"
        world.chat.whisper(click.user, f"Decided, but {lost}.", channel=click.channel)
    if approval.decision is Decision.APPROVED and not again:
        # After the machine was woken: who approved may still stop it, and a slow tracker delays nobody.
        look_again(click.task_id, world)
    return Receipt(
        delivery.name, Outcome.DECIDED, f"{approval.decision} by {approval.decided_by}", world.now(), click.task_id
    )


def wake(approval: Approval, world: World, *, again: bool = False) -> bool:
    """Tell the record, the machine and the message what was decided; False when the machine waits no more.

    again: an earlier try may have told some of them already.
    """
    if not (again and _noted(approval, world)):
        world.store.add_event(
            approval.task_id,
            str(approval.decision),
            f"by {approval.decided_by}: {approval.reason or 'no reason given'}",
        )
    token = world.store.approval_token(approval.task_id, approval.id)
    output = {"decision": str(approval.decision), "reason": approval.reason, "id": approval.id}
    woken = world.engine.succeed(token, output)
    show_decision(approval, world)
    return woken


def _recorded(closed: Approval, world: World) -> bool:
    """AWS's own client tries a write again whose answer was lost, and is then refused by what it wrote itself."""
    if world.store.decide(closed):
        return True
    return world.store.approval(closed.task_id, closed.id).decided_through == closed.decided_through


def _noted(approval: Approval, world: World) -> bool:
    lines = world.store.events(approval.task_id)
    return any(line.kind == str(approval.decision) and line.at >= approval.decided_at for line in lines)


def _remember_message(approval: Approval, ref: str, world: World) -> None:
    try:
        world.store.set_approval_message(approval.task_id, approval.id, ref)
    except Conflict:
        # Somebody clicked before we knew the message's name, so its buttons still stand.
        closed = world.store.approval(approval.task_id, approval.id)
        show_decision(closed.model_copy(update={"message_ref": ref}), world)


def show_decision(approval: Approval, world: World) -> None:
    """The message loses its buttons; a failure here changes nothing of the decision."""
    if not approval.message_ref:
        return
    try:
        world.chat.update(approval.message_ref, *_message(approval, world))
    except FerryError as error:
        world.store.add_event(approval.task_id, "notice failed", f"the message could not be updated: {error}")


def _refusal(approval: Approval, click: Click, approvers: frozenset[str], max_revisions: int) -> str:
    if click.user not in approvers:
        return "you are not among those who may approve here"
    if approval.decision is Decision.EXPIRED:
        return f"this request is closed: {approval.reason or 'nobody decided in time'}"
    if approval.decision is not None:
        return f"this was already decided: {approval.decision.replace('_', ' ')} by {approval.decided_by or 'nobody'}"
    if click.digest != approval.digest[:DIGEST_SHOWN]:
        return "the button belongs to another plan than the one that waits"
    if click.decision is Decision.CHANGES_REQUESTED and not click.reason:
        return "please write what should change beside the button, then click again"
    if click.decision is Decision.CHANGES_REQUESTED and approval.revision >= max_revisions:
        return f"plan {approval.revision} is the last; approve or reject it"
    return ""


def _closed(
    approval: Approval, decision: Decision, by: str, reason: str, world: World, *, through: str = ""
) -> Approval:
    made = {"decision": decision, "decided_by": by, "decided_at": world.now(), "decided_through": through}
    return approval.model_copy(update={**made, "reason": reason})


def _refuse(delivery: Delivery, click: Click, reason: str, world: World) -> Receipt:
    world.chat.whisper(click.user, f"Nothing was changed: {reason}.", channel=click.channel)
    return Receipt(delivery.name, Outcome.IGNORED, reason, world.now(), click.task_id)


def _message(approval: Approval, world: World) -> Rendered:
    task_id = approval.task_id
    record = PlanRecord.read(world.artifacts.get(plan_key(task_id, approval.revision)), f"plan of {task_id}")
    ticket = Ticket.read(world.artifacts.get(ticket_key(task_id)), f"ticket of {task_id}")
    spent = dollars(total(world.store.ledger(task_id)))
    lines = world.store.events(task_id)
    compared = not any(line.kind == UNCOMPARED and line.at >= approval.requested_at for line in lines)
    warning = edits_warning(ticket.key, sum(line.kind == EDITED for line in lines), compared=compared)
    render = decided if approval.decision else approval_request
    return render(approval, record, ticket, world.store.pull_requests(task_id), spent, warning)
