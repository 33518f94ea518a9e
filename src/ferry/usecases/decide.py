"""A decision: recorded once, by somebody who may, about exactly what was shown; then the machine is woken."""

from __future__ import annotations

from ferry.domain.approval import Approval, Decision
from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.errors import NotFound
from ferry.domain.triggers.slack import DIGEST_SHOWN, Click
from ferry.usecases.gate import answer
from ferry.usecases.running import runs
from ferry.usecases.show import show_decision
from ferry.usecases.ticket_edits import look_again
from ferry.usecases.world import World


def decide(delivery: Delivery, click: Click, world: World, *, approvers: frozenset[str], max_revisions: int) -> Receipt:
    """Record the decision and wake the machine; whoever may not, or comes late, is told why."""
    try:
        approval = world.gate.approval(click.task_id, click.approval_id)
    except NotFound:
        return _refuse(delivery, click, "there is no such request", world)
    again = approval.decided_through == delivery.name
    if not again:
        if refusal := _refusal(approval, click, approvers, max_revisions, world):
            return _refuse(delivery, click, refusal, world)
        closed = _closed(approval, click, world, through=delivery.name)
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
    token = world.gate.token(approval)
    woken = bool(token) and world.engine.succeed(token, answer(approval))
    show_decision(approval, world)
    # Between two waits the machine has no token that is good; it looks at the record before it waits again.
    return woken or runs(world.store.task(approval.task_id), world)


def _recorded(closed: Approval, world: World) -> bool:
    """AWS's own client tries a write again whose answer was lost, and is then refused by what it wrote itself."""
    if world.gate.decide(closed):
        return True
    return world.gate.approval(closed.task_id, closed.id).decided_through == closed.decided_through


def _noted(approval: Approval, world: World) -> bool:
    lines = world.store.events(approval.task_id)
    return any(line.kind == str(approval.decision) and line.at >= approval.decided_at for line in lines)


def _refusal(approval: Approval, click: Click, approvers: frozenset[str], max_revisions: int, world: World) -> str:
    if click.user not in approvers:
        return "you are not among those who may approve here"
    if approval.decision is not None:
        return f"this was already decided: {approval.decision.replace('_', ' ')} by {approval.decided_by or 'nobody'}"
    if approval.expires_at and approval.expires_at <= world.now():
        return f"time is up since {approval.expires_at}; `/agent retry {approval.task_id}` asks again"
    if click.digest != approval.digest[:DIGEST_SHOWN]:
        return "the button belongs to another plan than the one that waits"
    if click.decision is Decision.CHANGES_REQUESTED and not click.reason:
        return "please write what should change beside the button, then click again"
    if click.decision is Decision.CHANGES_REQUESTED and approval.revision >= max_revisions:
        return f"plan {approval.revision} is the last; approve or reject it"
    return ""


def _closed(approval: Approval, click: Click, world: World, *, through: str) -> Approval:
    made = {"decision": click.decision, "decided_by": click.user, "decided_at": world.now(), "decided_through": through}
    return approval.model_copy(update={**made, "reason": click.reason})


def _refuse(delivery: Delivery, click: Click, reason: str, world: World) -> Receipt:
    world.chat.whisper(click.user, f"Nothing was changed: {reason}.", channel=click.channel)
    return Receipt(delivery.name, Outcome.IGNORED, reason, world.now(), click.task_id)
