"""`models`: which models think for which agent, which are left alone and why, and what each has cost."""

from __future__ import annotations

import argparse
from typing import Any

from ferry.cli.verb import Answer, columns, known_task
from ferry.domain.ledger import cached, dollars
from ferry.usecases.models import models
from ferry.usecases.world import World


def add(verbs: Any, options: argparse.ArgumentParser) -> None:
    verb = verbs.add_parser("models", parents=[options], help="models: chains, health, calls, tokens and money")
    verb.add_argument("--task", default="", help="calls, tokens and money of this task alone")
    verb.set_defaults(run=run)


def run(given: argparse.Namespace, world: World) -> Answer:
    """Code 1 while a circuit is not closed."""
    task = known_task(given.task, world).id if given.task else ""
    found = models(world, task)
    parts = [_chains(found["chains"]), _health(found["models"]), _spent(found["spent"])]
    unwell = any(model["state"] != "closed" for model in found["models"])
    return Answer(found, "\n\n".join(parts), int(unwell))


def _chains(chains: dict[str, list[str]]) -> str:
    return columns([("AGENT", "MODELS, THE PREFERRED FIRST"), *((agent, " → ".join(c)) for agent, c in chains.items())])


def _health(found: list[dict[str, Any]]) -> str:
    head = ("MODEL", "CIRCUIT", "FAILED LATELY", "LAST ERROR (UTC)")
    rows = [(m["model"], m["state"], str(m["failures"]), f"{m['error_at'][:19]} {m['error']}".strip()) for m in found]
    return columns([head, *rows])


def _spent(found: list[dict[str, Any]]) -> str:
    if not found:
        return "no model was called yet"
    head = ("AGENT", "MODEL", "CALLS", "INPUT", "FROM CACHE", "TO CACHE", "CACHED", "OUTPUT", "MONEY")
    return columns([head, *map(_row, found)])


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    asked = row["input"] + row["cache_read"] + row["cache_write"]
    counts = [f"{row[name]:,}" for name in ("calls", "input", "cache_read", "cache_write")]
    share = cached(row["cache_read"], asked)
    return (row["agent"], row["model"], *counts, share, f"{row['output']:,}", dollars(row["micro_dollars"]))
