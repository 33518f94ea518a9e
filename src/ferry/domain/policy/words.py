"""A policy as a person would say it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ferry.domain.gate_rules import RULES
from ferry.domain.policy.document import Escalation, Policy, Rule


def in_words(policy: Policy) -> tuple[str, ...]:
    """One sentence a line."""
    return tuple(_sentences(policy))


def _sentences(policy: Policy) -> Iterator[str]:
    yield f"An approval takes {policy.quorum} of {_list(policy.approvers)}; one of them is enough to say no."
    yield from (_rule(rule, policy) for rule in policy.rules)
    asked = "may approve it too" if policy.requester_may_approve else "may not approve it, under no key of theirs"
    yield f"Who asked for a task {asked}."
    yield from (f"{name} is {_list(keys)}." for name, keys in policy.people.items())
    yield from (f"Until {one.until.isoformat()} {one.to} stands in for {one.from_}." for one in policy.delegation)
    yield f"Decisions are taken in {_list(policy.channels)}."
    operators = "decide alone at the command line" if policy.operators else "decide nothing at the command line"
    yield f"Operators {operators}."
    yield f"The approvers are reminded at {policy.remind_at:.0%} of the time that a request waits."
    yield from (_step(step) for step in policy.escalation)
    if hours := policy.working_hours:
        yield f"People are called on {_list(hours.days)} from {hours.from_:%H:%M} to {hours.to:%H:%M} in {hours.zone}."
    moved = "any commit on a default branch" if policy.moved_base == "any" else "a commit that touches the plan's files"
    yield f"After an approval {moved} asks again."
    yield from _gate(policy)


def _gate(policy: Policy) -> Iterator[str]:
    said = {name: policy.gate.get(name, severity) for name, (severity, _) in RULES.items()}
    yield f"The integrity gate blocks {_list(name for name in said if said[name] == 'block')}."
    yield f"It asks about {_list(name for name in said if said[name] == 'ask')}."


def _rule(rule: Rule, policy: Policy) -> str:
    when = [
        *([f"it writes {_list(rule.paths)}"] if rule.paths else []),
        *([f"it works in {_list(rule.repositories)}"] if rule.repositories else []),
        *([f"its complexity is {rule.complexity} or more"] if rule.complexity else []),
        *([f"its risk is {rule.risk} or more"] if rule.risk else []),
        *([f"its cost is estimated at {_money(rule.cost_cents)} or more"] if rule.cost_cents else []),
        *([f"it may cost {_money(rule.ceiling_cents)} or more"] if rule.ceiling_cents else []),
    ]
    takes = f"{rule.quorum or 1} of {_list(rule.approvers or policy.approvers)}"
    return f"Rule {rule.name}: when {' or '.join(when)}, it also takes {takes}."


def _step(step: Escalation) -> str:
    when = f"at {step.at:.0%} of that time" if step.at else f"{step.seconds} s after the request"
    return f"{when.capitalize()} these are called: {_list(step.who) or 'the approvers'}."


def _money(cents: int) -> str:
    return f"${cents / 100:.2f}"


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
