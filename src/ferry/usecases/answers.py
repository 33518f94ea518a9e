"""A decision that came by a comment of the ticket, or by a review of a pull request: taken as any other, and answered
where it was said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ferry.domain.approval import Approval, Ballot
from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.errors import FerryError
from ferry.domain.messages.answers import answered
from ferry.domain.messages.remark import marked
from ferry.domain.pr_body import plain
from ferry.domain.task import Task
from ferry.domain.triggers import Nothing
from ferry.domain.triggers.answer import Answer, PullAnswer, TicketAnswer
from ferry.usecases.decide import decide
from ferry.usecases.footing import read_mandate
from ferry.usecases.hear import hear
from ferry.usecases.rules import Rules
from ferry.usecases.ticket_edits import names_request, own_account, show_edit
from ferry.usecases.world import World

TOLD = "answered"
NAMELESS = "name the digest that the request shows after the verb, so that it is sure what you decide about"


def answered_on_ticket(delivery: Delivery, said: TicketAnswer, world: World, rules: Rules) -> Receipt:
    """Of the ticket's newest task. What names no request of it is shown as any later edit of the ticket."""
    edit = said.edit
    task = _of_ticket(edit.key, world)
    if task is None:
        return _ignored(delivery, f"no task carries {edit.key}", world)
    if edit.by == own_account(world, rules.jira):
        return _ignored(delivery, "Ferry's own account wrote this", world, task.id)
    asked = world.gate.approvals(task.id)
    if not names_request(said.answer, asked):
        show_edit(delivery, edit, world, rules.jira)
    receipt = _decided(delivery, f"jira:{edit.by}", said.answer, task, asked, world, rules)
    text = answered(edit.by_name or edit.by, receipt.outcome, receipt.reason)
    _tell(receipt, f"{edit.key}, comment {edit.comment}", lambda: world.tracker.comment(edit.key, text), world)
    return receipt


def answered_on_pull(delivery: Delivery, said: PullAnswer, world: World, rules: Rules) -> Receipt:
    """A review while nothing waits is an ordinary one, and what is said on pull requests of others is not for us."""
    task_id = world.store.task_of_pull_request(said.repo, said.number)
    asked = world.gate.approvals(task_id) if task_id else []
    approval = _meant(asked, delivery)
    waits = approval is not None and (approval.decision is None or approval.decided_through == delivery.name)
    if task_id is None or (said.commit and not waits):
        return _otherwise(delivery, said, world, rules)
    by, task = f"github:{said.user.lower()}", world.store.task(task_id)
    if approval and said.commit and (refusal := _outdated(said, approval, world)):
        receipt = _ignored(delivery, refusal, world, task_id)
    else:
        # A review of the very commit that the request covers names that request.
        digest = approval.digest if approval and said.commit else said.answer.digest
        receipt = _decided(delivery, by, replace(said.answer, digest=digest), task, asked, world, rules)
    text = marked(answered(said.user, receipt.outcome, plain(receipt.reason)))
    _tell(receipt, f"{said.place}, {said.subject}", lambda: world.forge.comment(said.repo, said.number, text), world)
    return receipt


def _decided(
    delivery: Delivery,
    by: str,
    answer: Answer,
    task: Task,
    asked: Sequence[Approval],
    world: World,
    rules: Rules,
) -> Receipt:
    approval = _meant(asked, delivery)
    if approval is None or (task.status.ended and approval.decided_through != delivery.name):
        state = task.status.replace("_", " ")
        return _ignored(delivery, f"task {task.id} is {state} and waits for no decision", world, task.id)
    if not answer.digest:
        return _ignored(delivery, NAMELESS, world, task.id)
    # As many characters as a person must copy name one request of one task; the button carries more.
    digest = approval.digest if approval.digest.startswith(answer.digest) else answer.digest
    ballot = Ballot(by, task.id, approval.id, digest, answer.decision, answer.reason)
    return decide(delivery, ballot, world, rules)


def _meant(asked: Sequence[Approval], delivery: Delivery) -> Approval | None:
    """The one that an earlier try of this delivery decided, else the newest."""
    decided = [approval for approval in asked if approval.decided_through == delivery.name]
    return next(iter([*decided, *reversed(asked)]), None)


def _outdated(said: PullAnswer, approval: Approval, world: World) -> str:
    """Why the review is not about what waits; GitHub tells its time to the second."""
    head = read_mandate(approval, world).heads.get(said.repo, "")
    if said.commit != head:
        return f"the pull request moved since: you reviewed {said.commit[:12]}, and {head[:12]} waits for approval"
    if said.at[:19] < approval.requested_at[:19]:
        return "your review is older than the request that waits; please read what changed and review again"
    return ""


def _of_ticket(key: str, world: World) -> Task | None:
    if live := world.store.live_run(key):
        return world.store.task(live)
    return next((task for task in world.store.tasks() if task.ticket_key == key), None)


def _otherwise(delivery: Delivery, said: PullAnswer, world: World, rules: Rules) -> Receipt:
    if isinstance(said.otherwise, Nothing):
        return _ignored(delivery, said.otherwise.reason, world)
    return hear(delivery, said.otherwise, world, rules.budget)


def _tell(receipt: Receipt, place: str, tell: Callable[[], None], world: World) -> None:
    """Once, also when the delivery is tried again or comes under another name."""
    if any(line.kind == TOLD and line.detail == place for line in world.store.events(receipt.task_id)):
        return
    try:
        tell()
    except FerryError as error:
        world.store.add_event(receipt.task_id, "notice failed", f"{place} got no answer: {error}")
    else:
        world.store.add_event(receipt.task_id, TOLD, place)


def _ignored(delivery: Delivery, reason: str, world: World, task_id: str = "") -> Receipt:
    return Receipt(delivery.name, Outcome.IGNORED, reason, world.now(), task_id)
