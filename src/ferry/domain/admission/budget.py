"""The loop guard of all channels: how often work may start per ticket, per pull request, and in all per hour.

A day is a day and an hour an hour of UTC, so that a counter is one item with a name. What is counted are deliveries by
name: one that is tried again counts once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

KEEP_SECONDS = 2 * 86400


@dataclass(frozen=True)
class Budget:
    """ticket, pull_request: starts per day; hour: starts of all together."""

    ticket: int = 10
    pull_request: int = 20
    hour: int = 200


DEFAULT = Budget()


@dataclass(frozen=True)
class Subject:
    """What a wish is about: a ticket's key, a pull request, both or neither."""

    ticket: str = ""
    repo: str = ""
    number: int = 0


@dataclass(frozen=True)
class Counter:
    """name: where it is counted; limit: how many it takes; says: what it is, for a person."""

    name: str
    limit: int
    says: str


def counters(subject: Subject, budget: Budget, at: str) -> tuple[Counter, ...]:
    """All that a start now, at `at` (RFC 3339 in UTC), counts against."""
    return tuple(_counters(subject, budget, at))


def _counters(subject: Subject, budget: Budget, at: str) -> Iterator[Counter]:
    day, hour = at[:10], at[:13]
    if subject.ticket:
        yield Counter(f"ticket:{subject.ticket}:{day}", budget.ticket, f"starts of {subject.ticket} today")
    if subject.repo:
        pull = f"{subject.repo}#{subject.number}"
        yield Counter(f"pull:{pull}:{day}", budget.pull_request, f"starts on {pull} today")
    yield Counter(f"hour:{hour}", budget.hour, "starts within this hour")


def overspent(counters: tuple[Counter, ...], counted: Mapping[str, Set[str]], delivery: str) -> str:
    """Why `delivery` may not start any more, "" when it may. counted: names of deliveries by the counter's name."""
    for counter in counters:
        spent = counted.get(counter.name, frozenset())
        if delivery not in spent and len(spent) >= counter.limit:
            return f"the budget of {counter.limit} {counter.says} is used up: is this a loop? see docs/runbook.md"
    return ""
