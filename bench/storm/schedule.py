"""Who sends what, and in which order: the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

SHARES = {"jira": 0.4, "slack": 0.25, "github": 0.25, "sentry": 0.1}
LONGEST_DELAY = 0.05
DELIVERIES_PER_KILL = 25
SWEEPS = 3


@dataclass(frozen=True)
class Trigger:
    """One thing that happened. name: the ticket that it is about; choice: a die for what its source leaves open."""

    source: str
    name: str
    choice: int


@dataclass(frozen=True)
class Sending:
    """One HTTP request. id: the sender's own, the same when it sends again; delay: seconds before it is sent."""

    trigger: Trigger
    id: str
    delay: float

    @property
    def delivery(self) -> str:
        return f"{self.trigger.source}:{self.id}"


@dataclass(frozen=True)
class Schedule:
    """kills: before the n-th sending the worker dies; sweeps: before the n-th a sweep begins."""

    triggers: tuple[Trigger, ...]
    sendings: tuple[Sending, ...]
    kills: frozenset[int]
    sweeps: frozenset[int]


def schedule(seed: int, *, deliveries: int, triggers: int) -> Schedule:
    """Each trigger is told at least twice; a third of its deliveries have ids of their own, the others repeat them."""
    dice = random.Random(seed)
    happened = tuple(_triggers(dice, triggers))
    told = [*happened, *happened, *dice.choices(happened, k=max(0, deliveries - 2 * len(happened)))]
    dice.shuffle(told)
    sendings = tuple(_sending(dice, trigger, told.count(trigger)) for trigger in told)
    kills = frozenset(dice.sample(range(deliveries // 10, deliveries), k=max(2, deliveries // DELIVERIES_PER_KILL)))
    sweeps = frozenset(dice.sample(range(deliveries // 10, deliveries), k=SWEEPS))
    return Schedule(happened, sendings, kills, sweeps)


def _triggers(dice: random.Random, count: int) -> Iterator[Trigger]:
    for source, share in SHARES.items():
        for number in range(max(1, round(count * share))):
            yield Trigger(source, f"{source.upper()}-{number + 1}", dice.randrange(1000))


def _sending(dice: random.Random, trigger: Trigger, times: int) -> Sending:
    id = f"{trigger.name}.{dice.randrange(max(1, times // 3))}"
    return Sending(trigger, id, dice.uniform(0, LONGEST_DELAY))
