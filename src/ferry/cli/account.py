"""`ledger`: what it cost."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from ferry.cli.verb import Answer, columns, known_task
from ferry.domain.ledger import LedgerEntry, Usage, dollars, total
from ferry.usecases.world import World

HEAD = ("STEP", "CALLS", "TOKENS IN", "OUT", "FROM CACHE", "TO CACHE", "FOR 1 H", "THOUGHT", "MONEY")


def add(verbs: Any, options: argparse.ArgumentParser) -> None:
    money = verbs.add_parser("ledger", parents=[options], help="tokens and money per step")
    money.add_argument("task")
    money.set_defaults(run=ledger)


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
