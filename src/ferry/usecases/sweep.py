"""The sweep: what the record believes is compared with what sources and engine say, one named mend after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ferry.domain.errors import InvalidDocument
from ferry.domain.incident import DEFAULTS
from ferry.usecases.mend_indexes import refresh_indexes
from ferry.usecases.mend_inquiries import settle_inquiries
from ferry.usecases.mend_sources import close_claims, count_dead_letters, find_incidents, find_tickets, redeliver_hooks
from ferry.usecases.mend_tasks import fail_dead, settle_ci, wake_decided
from ferry.usecases.world import World


@dataclass(frozen=True)
class SweepRules:
    """label: what starts a task; watches_errors: an error tracker is set up; thresholds: as admission has them."""

    label: str
    watches_errors: bool = False
    thresholds: Mapping[str, int] = field(default_factory=lambda: DEFAULTS)


MENDS: Mapping[str, Callable[[World, SweepRules], int]] = {
    "tickets": lambda world, rules: find_tickets(world, rules.label),
    "hooks": lambda world, _: redeliver_hooks(world),
    "ci": lambda world, _: settle_ci(world),
    "decisions": lambda world, _: wake_decided(world),
    "inquiries": lambda world, _: settle_inquiries(world),
    "tasks": lambda world, _: fail_dead(world),
    "incidents": lambda world, rules: find_incidents(world, rules.thresholds) if rules.watches_errors else 0,
    "letters": lambda world, _: count_dead_letters(world),
    "indexes": lambda world, _: refresh_indexes(world),
    "claims": lambda world, _: close_claims(world),
}


def sweep(mend: str, world: World, rules: SweepRules) -> int:
    """How many things this mend found to do; every one has a receipt. InvalidDocument for a mend there is not."""
    if mend not in MENDS:
        raise InvalidDocument(f"mend: {mend} is none of {', '.join(MENDS)}")
    return MENDS[mend](world, rules)
