"""Which models agents think with, how these are, and what they cost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from ferry.domain.circuit import Circuit
from ferry.domain.ledger import LedgerEntry
from ferry.domain.model_chain import AGENTS
from ferry.domain.question import LEDGER
from ferry.usecases.world import World


def models(world: World, task_id: str = "") -> dict[str, Any]:
    """``{"chains": {agent: [name]}, "models": [{"model", "state", "failures", "error", "error_at"}], "spent":
    [{"agent", "model", "calls", "input", "cache_read", "cache_write", "output", "micro_dollars"}]}``, tokens and money
    of one task or of all tasks and questions."""
    now = world.clock.now().timestamp()
    names = [str(name) for name in world.chains.all()]
    tasks = [task_id] if task_id else list(dict.fromkeys([*(task.id for task in world.store.tasks()), LEDGER]))
    return {
        "chains": {agent: [str(name) for name in world.chains.of(agent)] for agent in AGENTS},
        "models": [_health(world.health.circuit(name), now) for name in names],
        "spent": spent(entry for task in tasks for entry in world.store.ledger(task)),
    }


def _health(circuit: Circuit, now: float) -> dict[str, Any]:
    at = datetime.fromtimestamp(circuit.error_at, UTC).isoformat(timespec="seconds") if circuit.error_at else ""
    return {
        "model": circuit.model,
        "state": circuit.state(now),
        "failures": len(circuit.failures),
        "error": circuit.error,
        "error_at": at,
    }


def spent(entries: Iterable[LedgerEntry]) -> list[dict[str, Any]]:
    """By agent and model, the dearest first. input: tokens that were neither read from nor written to a cache."""
    sums: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in entries:
        start = dict.fromkeys(("calls", "input", "cache_read", "cache_write", "output", "micro_dollars"), 0)
        sum_ = sums.setdefault((entry.step, entry.model), {"agent": entry.step, "model": entry.model, **start})
        usage = entry.usage
        sum_["calls"] += 1
        sum_["input"] += usage.input
        sum_["cache_read"] += usage.cache_read
        sum_["cache_write"] += usage.cache_write + usage.cache_write_1h
        sum_["output"] += usage.output
        sum_["micro_dollars"] += entry.micro_dollars
    return sorted(sums.values(), key=lambda row: (-row["micro_dollars"], row["agent"], row["model"]))
