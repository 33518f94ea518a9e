"""The policy's answer: who counts, which rules apply, and how many are still needed from whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ferry.domain.policy.document import Policy
from ferry.domain.policy.keys import OPERATOR, one_spelling, vendor
from ferry.domain.policy.matter import Matter, applying
from ferry.domain.policy.people import Groups, Identity, belongs, places, requester_refusal, unread

NAMES = {"slack": "Slack", "jira": "Jira", "github": "GitHub"}


@dataclass(frozen=True)
class Need:
    """rule: its name, "" for the policy itself; quorum: how many of `of` it takes; by: keys of those who count."""

    rule: str
    quorum: int
    of: tuple[str, ...]
    by: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        return max(0, self.quorum - len(self.by))


@dataclass(frozen=True)
class Verdict:
    """needs: all of them must be met; operator: who decides alone, if any; refused: why a voter does not count."""

    needs: tuple[Need, ...]
    operator: str
    refused: Mapping[str, str]

    @property
    def satisfied(self) -> bool:
        return bool(self.operator) or all(not need.missing for need in self.needs)

    @property
    def counts(self) -> tuple[str, ...]:
        found = {key for need in self.needs for key in need.by}
        return tuple(sorted(found | ({self.operator} if self.operator else set())))

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(need.rule for need in self.needs if need.rule)

    @property
    def words(self) -> str:
        if self.operator:
            return f"{self.operator} decides as an operator"
        return "; ".join(map(_need, self.needs))


def needs(policy: Policy, matter: Matter) -> tuple[Need, ...]:
    """What an approval takes when nobody has voted yet."""
    stricter = applying(policy, matter)
    return (
        Need("", policy.quorum, policy.approvers),
        *(Need(rule.name, rule.quorum or 1, rule.approvers or policy.approvers) for rule in stricter),
    )


def evaluate(policy: Policy, matter: Matter, voters: Iterable[str], groups: Groups, at: datetime) -> Verdict:
    """voters: keys of who said yes, in any order; groups: their members now; at: now, when delegations may be over."""
    refusals = {key: may(policy, key, matter, groups, at) for key in sorted(set(map(one_spelling, voters)))}
    counting: dict[Identity, str] = {}
    for key, refusal in refusals.items():
        # A person whose vote in one channel is refused may have voted in another as well.
        if not refusal:
            counting.setdefault(policy.identity(key), key)
    operators = [key for key in counting.values() if vendor(key) == OPERATOR]
    met = tuple(_met(need, policy, matter, counting, groups, at) for need in needs(policy, matter))
    return Verdict(met, next(iter(operators), ""), {key: why for key, why in refusals.items() if why})


def may(policy: Policy, person: str, matter: Matter, groups: Groups, at: datetime, *, approving: bool = True) -> str:
    """Why `person` may not decide, in words to them; "" when they may. approving: who asked may always say no."""
    where = vendor(person)
    if where == OPERATOR and not policy.operators:
        return "the policy lets nobody decide at the command line (operators: false)"
    if where != OPERATOR and where not in policy.channels:
        return f"decisions are not taken in {NAMES.get(where, where)} here (the policy's channels)"
    who = policy.identity(person)
    if approving and (why := requester_refusal(policy, who, matter.requester)):
        return why
    approvers = [key for need in needs(policy, matter) for key in need.of]
    if where == OPERATOR or _open_places(approvers, who, policy, matter, groups, at, approving=approving):
        return ""
    lost = unread(approvers, groups)
    known = "; ".join(f"who is in {group} could not be read: {why}" for group, why in lost.items())
    return "you are not among those who may approve here" + (f", as far as known: {known}" if known else "")


def may_choose(policy: Policy, person: str, requester: str, groups: Groups, at: datetime) -> str:
    """Why `person` may not say where a ticket belongs, in words to them; "" for approvers and for who asked.

    Nothing is written by it, so it takes one of them, in any channel.
    """
    if policy.identity(person) & policy.identity(requester) or not may_teach(policy, person, groups, at):
        return ""
    return "that takes one of the approvers, or whoever asked for the task"


def may_teach(policy: Policy, person: str, groups: Groups, at: datetime) -> str:
    """Why `person` may not change what Ferry learnt, in words to them; "" for approvers, in any channel."""
    who = policy.identity(person)
    if any(belongs(place, policy.approvers, groups) for place in places(policy, who, at)):
        return ""
    return "that takes one of the approvers"


def _open_places(
    approvers: Iterable[str],
    who: Identity,
    policy: Policy,
    matter: Matter,
    groups: Groups,
    at: datetime,
    *,
    approving: bool = True,
) -> list[Identity]:
    """Places among `approvers` that `who` may take; never the requester's, when that one may not approve."""
    found = [place for place in places(policy, who, at) if belongs(place, approvers, groups)]
    return [place for place in found if not approving or not requester_refusal(policy, place, matter.requester)]


def _met(
    need: Need, policy: Policy, matter: Matter, voters: Mapping[Identity, str], groups: Groups, at: datetime
) -> Need:
    """As many voters as can be seated at once, each on one place: a person counts once, and so does a place."""
    options = {key: _open_places(need.of, who, policy, matter, groups, at) for who, key in voters.items()}
    taken: dict[Identity, str] = {}
    for key in options:
        _seat(key, options, taken, set())
    return Need(need.rule, need.quorum, need.of, tuple(sorted(taken.values())))


def _seat(key: str, options: Mapping[str, Sequence[Identity]], taken: dict[Identity, str], seen: set[Identity]) -> bool:
    for place in options[key]:
        if place in seen:
            continue
        seen.add(place)
        if place not in taken or _seat(taken[place], options, taken, seen):
            taken[place] = key
            return True
    return False


def _need(need: Need) -> str:
    by = f": {', '.join(need.by)}" if need.by else ""
    more = f"; {need.missing} more needed of {', '.join(need.of)}" if need.missing else ""
    rule = f"rule {need.rule}: " if need.rule else ""
    return f"{rule}{min(len(need.by), need.quorum)} of {need.quorum} approvals{by}{more}"
