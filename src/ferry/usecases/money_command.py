"""``/agent raise`` and ``/agent cost``."""

from __future__ import annotations

import re

from ferry.agentkit.prices import load_aws_prices
from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.errors import NotApproved
from ferry.domain.ledger import dollars
from ferry.domain.messages.blocks import Rendered, bullets, context, escaped, section
from ferry.domain.triggers.slack import Command
from ferry.usecases.ceiling import cents_of, raise_ceiling
from ferry.usecases.cost import Cost, Line, cost_of_month, cost_of_task, with_aws
from ferry.usecases.find import find_task
from ferry.usecases.rules import Rules
from ferry.usecases.world import World


def raised(delivery: Delivery, command: Command, world: World, rules: Rules) -> Receipt:
    """The person alone is told; the timeline and the audit chain know it too."""
    task, by = find_task(command.words[0], world.store), f"slack:{command.user}"
    cents = cents_of(command.words[1])
    try:
        said, outcome = raise_ceiling(task.id, cents, by, delivery.name, world, rules.deciding), Outcome.DECIDED
    except NotApproved as refused:
        said, outcome = str(refused), Outcome.IGNORED
    world.chat.whisper(command.user, escaped(said), channel=command.channel, blocks=[section(escaped(said))])
    return Receipt(delivery.name, outcome, said, world.now(), task.id)


def cost(command: Command, world: World) -> Rendered:
    what = command.words[0] if command.words else ""
    if not what or what == "month" or re.fullmatch(r"\d{4}-\d{2}", what):
        return _rendered(cost_of_month(world.now()[:7] if what in ("", "month") else what, world))
    task = find_task(what, world.store)
    return _rendered(with_aws(cost_of_task(task.id, world), task.id, load_aws_prices(), world))


def _rendered(found: Cost) -> Rendered:
    rows = [_row(one) for one in found.lines[:20]]
    rows += [_row(one) for one in found.below]
    blocks = [section(f"*{escaped(found.title)}*\n{bullets(rows)}" if rows else f"*{escaped(found.title)}*")]
    notes = [context("\n".join(map(escaped, found.notes)))] if found.notes else []
    return found.title, [*blocks, *notes]


def _row(line: Line) -> str:
    detail = f" ({line.detail})" if line.detail else ""
    return f"*{escaped(line.name)}* {dollars(line.micro_dollars)}{detail}"
