"""The gate before execution: asked at, waited at, reminded of, and looked at once more before anybody goes through.

The delivery machine calls the four functions here in a circle; each can be tried again at any point. Whoever decides
meanwhile wins by one conditional write, and the next to look finds that decision.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from ferry.domain.approval import Approval, Decision
from ferry.domain.discovery import LIKELY, incomplete
from ferry.domain.errors import Conflict, NobodyWaits, NotApproved
from ferry.domain.estimate import estimate
from ferry.domain.ledger import PriceTable
from ferry.domain.mandate import Mandate, Terms, moved
from ferry.domain.messages import reminder
from ferry.domain.policy import Policy
from ferry.domain.step import mandate_key
from ferry.domain.task import TaskStatus
from ferry.domain.triggers.comment import MENTIONS
from ferry.usecases.footing import footing, in_scope, load_case, put_in_order, read_discovery, read_mandate
from ferry.usecases.held import found_in, keep_shown, waiting_changes
from ferry.usecases.invite import invite
from ferry.usecases.judge import keep_policy, needed
from ferry.usecases.learn import count_use
from ferry.usecases.reopened import briefly, explained, tolerated
from ferry.usecases.show import ask_people, show_decision
from ferry.usecases.ticket_edits import look_again
from ferry.usecases.waiting import Patience, Slice, Waiting, call_people, ended, next_slice
from ferry.usecases.world import World

HOLDS = "holds"


@dataclass(frozen=True)
class GateRules:
    """timeout_seconds: then a request expires; reminder_seconds: until the first reminder, 0 for the policy's share;
    mentions: what calls Ferry in a comment, the first is the one it uses itself; completeness: below this probability
    people are told that discovery's list of files is likely not complete."""

    terms: Terms
    timeout_seconds: int
    prices: PriceTable
    reminder_seconds: int = 0
    policy: Policy = field(default_factory=Policy)
    mentions: tuple[str, ...] = MENTIONS
    completeness: float = LIKELY

    @property
    def patience(self) -> Patience:
        return Patience(self.timeout_seconds, self.reminder_seconds, self.policy)

    @property
    def calls(self) -> tuple[str, ...]:
        """What begins an answer on the ticket; nothing does where no decision is taken there."""
        return self.mentions if "jira" in self.policy.channels else ()


def ask(
    task_id: str, revision: int, world: World, rules: GateRules, *, since: Sequence[str] = (), narrow: bool = False
) -> Slice:
    """Put the plan before people, bound to one digest; an older request is closed. since: what changed, as mrkdwn;
    narrow: as `Approval.narrow`.

    NobodyWaits for a task that was stopped while this was on its way.
    """
    if world.store.task(task_id).status.ended:
        raise NobodyWaits(f"task {task_id} has ended; nobody is asked about its plan")
    case = put_in_order(in_scope(load_case(task_id, revision, world), world), world)
    look_again(task_id, world, rules.calls)
    asked = world.gate.approvals(task_id)
    opening = 1 + max((one.opening for one in asked if one.revision == revision), default=0)
    held = waiting_changes(case.record, world)
    mandate = footing(case, opening, world, rules.terms, rules.calls, held=held)
    keep_shown(held, world)
    for older in asked:
        _close(older, "a newer request replaced it", world)
    world.artifacts.put(mandate_key(task_id, mandate.digest), mandate.model_dump_json().encode())
    cost = estimate(case.record, world.store.ledger(task_id), rules.prices)
    needs = needed(case, mandate.budget_cents, cost, rules.policy, world)
    called = tuple(dict.fromkeys(key for need in needs for key in need.of))
    unsure = incomplete(read_discovery(task_id, world), case.record.order, rules.completeness)
    approval = _request(mandate, since, world, rules).model_copy(
        update={"estimate": cost, "asked": called, "incomplete": unsure, "narrow": narrow, "findings": found_in(held)}
    )
    world.gate.ask(approval)
    count_use(case.record, world)
    world.store.update_task(task_id, status=TaskStatus.AWAITING_APPROVAL, revision=revision)
    ask_people(approval, world, needs)
    invite(approval, case, mandate, rules.policy, rules.mentions, world)
    if asked:
        show_decision(world.gate.approval(task_id, asked[-1].id), world, newer=approval)
    return next_slice(_waiting(approval, world, rules), world)


def wait(task_id: str, token: str, world: World) -> None:
    """The machine waits under `token` until somebody decides; at once, when somebody has."""
    approval = newest(task_id, world)
    if not world.gate.wait(approval, token):
        world.engine.succeed(token, answer(world.gate.approval(task_id, approval.id)))


def remind(task_id: str, world: World, rules: GateRules) -> Slice:
    """Whatever is due: reminders and escalations, each once, and at the end the request is nobody's any more."""
    approval = newest(task_id, world)
    if approval.decision is None and approval.expires_at <= world.now():
        _close(approval, "nobody decided in time", world)
        approval = newest(task_id, world)
    if approval.decision is Decision.EXPIRED:
        return ended()
    waiting = _waiting(approval, world, rules)
    if approval.decision is None:
        call_people(waiting, world)
    return next_slice(waiting, world)


def check(task_id: str, revision: int, world: World, rules: GateRules) -> Slice:
    """Execution may begin when everything is as it was approved; else the gate opens again, and says what changed."""
    approval = newest(task_id, world)
    if approval.decision is not Decision.APPROVED or approval.revision != revision:
        raise NotApproved(f"{task_id}: nobody approved plan {revision} as it is now; ask for approval again")
    case = load_case(task_id, revision, world)
    approved = read_mandate(approval, world)
    entered = bool(approval.entered_at)
    held = waiting_changes(case.record, world)
    now = footing(case, approval.opening, world, rules.terms, rules.calls, held=held, patient=not entered)
    changes = moved(approved, now, entered=entered)
    changes = tuple(one for one in changes if not tolerated(one, approved, rules.policy, world))
    if not changes:
        if not entered and not world.gate.enter(approval, world.now()):
            raise Conflict(f"{task_id}: somebody else begins under this approval just now")
        return {"state": HOLDS, "seconds": 1}
    said = explained(changes, case, world)
    world.gate.note(task_id, "reopened", {"request": approval.id, "because": "; ".join(said)})
    world.store.add_event(task_id, "gate reopened", f"plan {revision} was approved, but {briefly(changes)}")
    return ask(task_id, revision, world, rules, since=said, narrow=all(one.what == "findings" for one in changes))


def newest(task_id: str, world: World) -> Approval:
    """NotApproved when people were never asked."""
    if asked := world.gate.approvals(task_id):
        return asked[-1]
    raise NotApproved(f"{task_id}: people were never asked; `python -m ferry resume {task_id}`")


def answer(approval: Approval) -> dict[str, str]:
    """What the machine is told of a decision. reason: what the next plan is made from, where there is one."""
    reason = approval.reason
    if approval.findings and approval.decision is Decision.CHANGES_REQUESTED:
        reason = "\n".join([reason, "", "This was found in the change, and not allowed:", *approval.findings])
    return {"decision": str(approval.decision), "reason": reason, "id": approval.id}


def _request(mandate: Mandate, since: Sequence[str], world: World, rules: GateRules) -> Approval:
    return Approval(
        id=secrets.token_urlsafe(16),
        task_id=mandate.task_id,
        revision=mandate.revision,
        opening=mandate.opening,
        digest=mandate.digest,
        policy=keep_policy(rules.policy, world),
        requested_at=world.now(),
        expires_at=_later(world, rules.timeout_seconds),
        since=tuple(since),
    )


def _close(approval: Approval, why: str, world: World) -> None:
    """Nobody decided: it is expired, unless somebody did a moment ago."""
    if approval.decision is not None:
        return
    made = {"decision": Decision.EXPIRED, "decided_at": world.now(), "reason": why}
    if world.gate.decide(approval.model_copy(update=made)):
        show_decision(world.gate.approval(approval.task_id, approval.id), world)


def _waiting(approval: Approval, world: World, rules: GateRules) -> Waiting:
    task = world.store.task(approval.task_id)
    return Waiting(
        task_id=task.id,
        about={"request": approval.id},
        what=f"plan {approval.revision} waits for a decision",
        thread=task.message_ref or approval.message_ref,
        expires_at=approval.expires_at,
        table=rules.patience.timetable(approval.requested_at, approval.expires_at),
        reminder=lambda one: reminder(approval, one, task),
    )


def _later(world: World, seconds: int) -> str:
    return (world.clock.now() + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
