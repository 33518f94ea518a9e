"""What was spent, on what, beside what was estimated: of one task, or of a month by team and repository."""

from __future__ import annotations

from ferry.domain.document import Document
from ferry.domain.errors import FerryError
from ferry.domain.estimate import Comparison, compared
from ferry.domain.ledger import dollars, total
from ferry.domain.paid_steps import HOW, AwsPrices, PaidStep, executions, paid_steps
from ferry.domain.task import TaskStatus
from ferry.domain.words import count
from ferry.usecases.world import World


class Line(Document):
    name: str
    detail: str
    micro_dollars: int


class Cost(Document):
    """lines: what the money went to, dearest first in a month; notes: for a person, below them; aws: in none of the
    sums but `below`'s last."""

    title: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    aws: tuple[PaidStep, ...] = ()

    @property
    def below(self) -> tuple[Line, ...]:
        """What AWS takes beside the lines, and the sum of both; none where that is not known."""
        if not self.aws:
            return ()
        steps = tuple(Line(name=one.name, detail=one.detail, micro_dollars=one.micro_dollars) for one in self.aws)
        paid = sum(line.micro_dollars for line in (*self.lines, *steps))
        return (*steps, Line(name="together", detail="", micro_dollars=paid))


def cost_of_task(task_id: str, world: World) -> Cost:
    ledger = world.store.ledger(task_id)
    lines = []
    for step in dict.fromkeys(entry.step for entry in ledger):
        mine = [entry for entry in ledger if entry.step == step]
        lines.append(Line(name=step, detail=count(len(mine), "call"), micro_dollars=total(mine)))
    held = sum(hold.micro_dollars for hold in world.store.holds(task_id))
    lost = [entry for entry in ledger if entry.lost]
    notes = [f"{dollars(held)} reserved for calls that are not answered yet"] if held else []
    if lost:
        calls = count(len(lost), "call was never answered and is", "calls were never answered and are")
        notes.append(f"{calls} charged as reserved, {dollars(total(lost))}: they may have been paid for")
    if comparison := comparison_of(task_id, world):
        notes.append(comparison.words)
    return Cost(title=f"{task_id}: {dollars(total(ledger))} spent", lines=tuple(lines), notes=tuple(notes))


def with_aws(found: Cost, task_id: str, prices: AwsPrices, world: World) -> Cost:
    """Beside the tokens, and kept apart from them: what AWS takes for the task's executions."""
    try:
        names = executions(world.store.task(task_id).execution, task_id)
        histories, sessions = map(world.engine.history, names), world.store.sessions(task_id)
        steps = paid_steps(histories, prices, sessions, world.clock.now())
    except FerryError as error:
        why = f"what AWS takes beside could not be computed: {error}"
        return found.model_copy(update={"notes": (*found.notes, why)})
    note = f"{', '.join(one.name for one in steps)}: {HOW} ({prices.version})"
    return found.model_copy(update={"aws": steps, "notes": (*found.notes, note)})


def cost_of_month(month: str, world: World) -> Cost:
    """month: ``2026-11``, in UTC; the sums are counters that every call moves."""
    accounts = {account.name: account for account in world.store.accounts_of(month)}
    whole = accounts.pop(f"month:{month}", None)
    lines = tuple(
        Line(
            name=name.removesuffix(f":{month}").replace(":", " ", 1),
            detail=count(account.calls, "call"),
            micro_dollars=account.spent,
        )
        for name, account in accounts.items()
    )
    notes = [f"{dollars(whole.held)} reserved for calls that are not answered yet"] if whole and whole.held else []
    if lines:
        notes.append("each call counts for its team, and for its repository where it is about a single one")
    spent = dollars(whole.spent if whole else 0)
    return Cost(title=f"{month}: {spent} spent in all", lines=lines, notes=tuple(notes))


def comparison_of(task_id: str, world: World) -> Comparison | None:
    """Of the newest approved request; None when nothing was approved or estimated."""
    approved = [one for one in world.gate.approvals(task_id) if one.decision == "approved"]
    if not approved:
        return None
    newest, done = approved[-1], world.store.task(task_id).status is TaskStatus.SUCCEEDED
    return compared(newest.estimate, world.store.ledger(task_id), newest.decided_at, done=done)
