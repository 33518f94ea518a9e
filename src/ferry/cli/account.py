"""`ledger` and `cost`: what it cost, per step of a task and per team and repository of a month."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any

from ferry.agentkit.prices import load_aws_prices
from ferry.cli.verb import Answer, columns, known_task
from ferry.domain.ledger import LedgerEntry, Usage, cached, dollars, total
from ferry.usecases.cost import Cost, cost_of_month, cost_of_task, with_aws
from ferry.usecases.world import World

HEAD = ("STEP", "CALLS", "INPUT", "FROM CACHE", "TO CACHE", "CACHED", "OUTPUT", "THOUGHT", "MONEY")


def add(verbs: Any, options: argparse.ArgumentParser) -> None:
    money = verbs.add_parser("ledger", parents=[options], help="tokens and money per step")
    money.add_argument("task")
    money.set_defaults(run=ledger)
    sums = verbs.add_parser("cost", parents=[options], help="what a task cost, or a month by team and repository")
    sums.add_argument("what", nargs="?", default="", help="a task, or a month as 2026-11 (default: this month)")
    sums.set_defaults(run=cost)


def ledger(given: argparse.Namespace, world: World) -> Answer:
    entries = world.store.ledger(known_task(given.task, world).id)
    steps = {name: _sum([e for e in entries if e.step == name]) for name in dict.fromkeys(e.step for e in entries)}
    rows = [_row(name, step) for name, step in (*steps.items(), ("total", _sum(entries)))]
    data = {"steps": [{"step": name, **step} for name, step in steps.items()], "total": _sum(entries)}
    return Answer(data, columns([HEAD, *rows]))


def cost(given: argparse.Namespace, world: World) -> Answer:
    if not given.what or re.fullmatch(r"\d{4}-\d{2}", given.what):
        found = cost_of_month(given.what or world.now()[:7], world)
    else:
        task = known_task(given.what, world)
        found = with_aws(cost_of_task(task.id, world), task.id, load_aws_prices(), world)
    return Answer(found.dump(), _text(found))


def _text(found: Cost) -> str:
    rows = [(line.name, line.detail, dollars(line.micro_dollars)) for line in (*found.lines, *found.below)]
    table = columns([("WHAT", "", "MONEY"), *rows]) if rows else "nothing was paid for yet"
    return "\n".join([found.title, table, *found.notes])


def _sum(entries: Sequence[LedgerEntry]) -> dict[str, int]:
    tokens = {name: sum(getattr(entry.usage, name) for entry in entries) for name in Usage.model_fields}
    return {"calls": len(entries), **tokens, "micro_dollars": total(entries)}


def _row(name: str, step: dict[str, int]) -> tuple[str, ...]:
    written = step["cache_write"] + step["cache_write_1h"]
    share = cached(step["cache_read"], step["input"] + step["cache_read"] + written)
    counts = [f"{count:,}" for count in (step["calls"], step["input"], step["cache_read"], written)]
    thought = [f"{step[name]:,}" for name in ("output", "reasoning")]
    return (name, *counts, share, *thought, dollars(step["micro_dollars"]))
