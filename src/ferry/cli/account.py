"""`ledger` and `audit verify`: what it cost, and whether the record is whole."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from ferry.cli.verb import Answer, columns, known_task
from ferry.domain.ledger import LedgerEntry, Usage, dollars, total
from ferry.domain.timeline import first_broken
from ferry.usecases.world import World

HEAD = ("STEP", "CALLS", "TOKENS IN", "OUT", "FROM CACHE", "TO CACHE", "MONEY")


def add(verbs: Any, options: argparse.ArgumentParser) -> None:
    money = verbs.add_parser("ledger", parents=[options], help="tokens and money per step")
    money.add_argument("task")
    money.set_defaults(run=ledger)
    audit = verbs.add_parser("audit", parents=[options], help="the record's own proof")
    what = audit.add_subparsers(metavar="<what>", required=True)
    whole = what.add_parser("verify", parents=[options], help="check the hash chain of the timeline")
    whole.add_argument("task")
    whole.set_defaults(run=verify)


def ledger(given: argparse.Namespace, world: World) -> Answer:
    entries = world.store.ledger(known_task(given.task, world).id)
    steps = {name: _sum([e for e in entries if e.step == name]) for name in dict.fromkeys(e.step for e in entries)}
    rows = [_row(name, step) for name, step in (*steps.items(), ("total", _sum(entries)))]
    data = {"steps": [{"step": name, **step} for name, step in steps.items()], "total": _sum(entries)}
    return Answer(data, columns([HEAD, *rows]))


def _sum(entries: Sequence[LedgerEntry]) -> dict[str, int]:
    tokens = {name: sum(getattr(entry.usage, name) for entry in entries) for name in Usage.model_fields}
    return {"calls": len(entries), **tokens, "micro_dollars": total(entries)}


def _row(name: str, step: dict[str, int]) -> tuple[str, ...]:
    *counts, money = step.values()
    return (name, *(f"{count:,}" for count in counts), dollars(money))


def verify(given: argparse.Namespace, world: World) -> Answer:
    task = known_task(given.task, world)
    events = world.store.events(task.id)
    broken = first_broken(events)
    if broken is None:
        return Answer({"whole": True, "lines": len(events)}, f"the record of {task.id} is whole: {len(events)} lines")
    line = events[broken]
    said = f"the record of {task.id} is broken at line {broken + 1}: {line.at} {line.kind}"
    remedy = "that line was changed, or one before it was taken out or put in"
    return Answer({"whole": False, "line": broken + 1, "event": line.dump()}, f"{said}; {remedy}", code=1)
