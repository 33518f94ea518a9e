"""A decision: recorded once, by those who may, about exactly what was shown; then the machine is woken.

Whoever brings a ballot tells the person what the receipt says, in the channel that it came through.
"""

from __future__ import annotations

from ferry.domain.approval import Approval, Ballot, Decision, Vote
from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.errors import NotFound
from ferry.domain.triggers.slack import DIGEST_SHOWN
from ferry.usecases.gate import answer
from ferry.usecases.judge import Judge, facts, judge
from ferry.usecases.rules import Rules
from ferry.usecases.running import runs
from ferry.usecases.show import show_decision, show_votes
from ferry.usecases.ticket_edits import look_again
from ferry.usecases.world import World

EVALUATED = "policy evaluated"
LOST = "the machine waits no more"


def decide(delivery: Delivery, ballot: Ballot, world: World, rules: Rules) -> Receipt:
    """Record what the person says, and wake the machine once that is a decision; each outcome has its reason.

    Outcomes: decided, voted (more are needed), ignored. A TransientError leaves a record that a second try goes on
    from.
    """
    try:
        approval = world.gate.approval(ballot.task_id, ballot.approval_id)
    except NotFound:
        return _receipt(delivery, Outcome.IGNORED, "there is no such request", ballot, world)
    if approval.decided_through == delivery.name:
        return _wake(delivery, ballot, approval, world, rules, again=True)
    if refusal := _refusal(approval, ballot, rules.max_revisions, world):
        return _receipt(delivery, Outcome.IGNORED, refusal, ballot, world)
    asked = judge(approval, rules.deciding, world)
    if refusal := asked.refusal(ballot):
        _note(approval, ballot, facts(asked.policy, refusal=refusal), world)
        return _receipt(delivery, Outcome.IGNORED, refusal, ballot, world)
    if ballot.decision is Decision.APPROVED:
        return _vote(delivery, ballot, approval, asked, world, rules)
    return _close(delivery, ballot, approval, facts(asked.policy), world, rules)


def wake(approval: Approval, world: World) -> bool:
    """Tell the record, the machine and the message what was decided; False when the machine waits no more.

    Safe to repeat: an earlier try, or the sweep beside it, may have told some of them already.
    """
    said = f"by {approval.decided_by}: {approval.reason or 'no reason given'}"
    world.store.add_event(approval.task_id, str(approval.decision), said, once=f"decision {approval.id}")
    token = world.gate.token(approval)
    woken = bool(token) and world.engine.succeed(token, answer(approval))
    show_decision(approval, world)
    # Between two waits the machine has no token that is good; it looks at the record before it waits again.
    return woken or runs(world.store.task(approval.task_id), world)


def _vote(delivery: Delivery, ballot: Ballot, approval: Approval, asked: Judge, world: World, rules: Rules) -> Receipt:
    """After the vote is written all votes are read: of two that race, the later one sees both."""
    vote = Vote(task_id=approval.task_id, approval_id=approval.id, by=ballot.by, at=world.now(), through=delivery.name)
    fresh = world.gate.vote(vote)
    votes = world.gate.votes(approval)
    verdict = asked.verdict(votes)
    if verdict.satisfied:
        return _close(delivery, ballot, approval, facts(asked.policy, verdict), world, rules)
    _note(approval, ballot, facts(asked.policy, verdict), world)
    if not fresh and not any(one.through == delivery.name for one in votes):
        reason = f"you approved this already; {verdict.words}"
        return _receipt(delivery, Outcome.IGNORED, reason, ballot, world)
    if fresh:
        world.store.add_event(approval.task_id, "vote", f"by {ballot.by}: {verdict.words}")
    show_votes(approval, verdict.needs, world)
    return _receipt(delivery, Outcome.VOTED, verdict.words, ballot, world)


def _close(
    delivery: Delivery, ballot: Ballot, approval: Approval, about: dict[str, str], world: World, rules: Rules
) -> Receipt:
    made = {"decision": ballot.decision, "decided_by": ballot.by, "decided_at": world.now()}
    closed = approval.model_copy(update={**made, "decided_through": delivery.name, "reason": ballot.reason})
    if not _recorded(closed, about, world):
        return _receipt(delivery, Outcome.IGNORED, "somebody else decided a moment ago", ballot, world)
    return _wake(delivery, ballot, closed, world, rules)


def _wake(
    delivery: Delivery, ballot: Ballot, approval: Approval, world: World, rules: Rules, *, again: bool = False
) -> Receipt:
    said = str(approval.decision).replace("_", " ")
    reason = f"{said} by {approval.decided_by}"
    # A second try cannot know whether the first woke the machine before it died, so only a first one says it did not.
    if not wake(approval, world) and not again:
        reason += f", but {LOST}: `python -m ferry resume {approval.task_id}` goes on from this decision"
    if approval.decision is Decision.APPROVED and not again:
        # After the machine was woken: who approved may still stop it, and a slow tracker delays nobody.
        look_again(approval.task_id, world, rules.calls_in("jira"))
    return _receipt(delivery, Outcome.DECIDED, reason, ballot, world)


def _recorded(closed: Approval, about: dict[str, str], world: World) -> bool:
    """AWS's own client tries a write again whose answer was lost, and is then refused by what it wrote itself."""
    if world.gate.decide(closed, **about):
        return True
    return world.gate.approval(closed.task_id, closed.id).decided_through == closed.decided_through


def _refusal(approval: Approval, ballot: Ballot, max_revisions: int, world: World) -> str:
    if approval.decision is Decision.EXPIRED:
        return f"this request is closed: {approval.reason or 'nobody decided in time'}"
    if approval.decision is not None:
        return f"this was already decided: {approval.decision.replace('_', ' ')} by {approval.decided_by or 'nobody'}"
    if approval.expires_at and approval.expires_at <= world.now():
        return f"time is up since {approval.expires_at}; `/agent retry {approval.task_id}` asks again"
    if len(ballot.digest) < DIGEST_SHOWN or not approval.digest.startswith(ballot.digest):
        return "what you were shown is another plan than the one that waits"
    if ballot.decision is Decision.CHANGES_REQUESTED and not ballot.reason:
        return "please write what should change, and decide again"
    if ballot.decision is Decision.CHANGES_REQUESTED and approval.revision >= max_revisions:
        return f"plan {approval.revision} is the last; approve or reject it"
    return ""


def _note(approval: Approval, ballot: Ballot, about: dict[str, str], world: World) -> None:
    said = {"request": approval.id, "by": ballot.by, "decision": str(ballot.decision), **about}
    world.gate.note(approval.task_id, EVALUATED, said)


def _receipt(delivery: Delivery, outcome: Outcome, reason: str, ballot: Ballot, world: World) -> Receipt:
    return Receipt(delivery.name, outcome, reason, world.now(), ballot.task_id)
