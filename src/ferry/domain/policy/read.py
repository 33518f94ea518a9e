"""From text to a policy that holds together, or to every fault in a person's words."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from ferry.domain.errors import InvalidSettings
from ferry.domain.gate_rules import Severity
from ferry.domain.policy.document import Policy, Rule
from ferry.domain.policy.keys import is_group

SEE = 'see docs/configuration.md, "Approval policy"'
CONDITIONS = ("paths", "repositories", "complexity", "risk", "cost_cents", "ceiling_cents")


def read_policy(text: str, approvers: Iterable[str]) -> Policy:
    """text: a policy as JSON, "" for the default. approvers: Slack user ids, who decide where the policy names nobody.

    InvalidSettings names every fault.
    """
    default = [f"slack:{id}" for id in approvers]
    return parse_policy(text, default) if text else _valid({"approvers": default}, "Approvers")


def read_gate(text: str) -> Mapping[str, Severity]:
    """The section of the integrity gate alone, for who has no say in approvals. InvalidSettings as `read_policy`."""
    return read_policy(text, ["UNOBODY"]).gate if text else {}


def parse_policy(text: str, approvers: Iterable[str] = ()) -> Policy:
    """approvers: keys, for a policy that names none. InvalidSettings names every fault."""
    try:
        given = json.loads(text)
    except ValueError as error:
        raise _wrong(f"APPROVAL_POLICY: is not JSON ({error})") from error
    if not isinstance(given, dict):
        raise _wrong("APPROVAL_POLICY: must be an object of JSON, as {}")
    policy = _valid({"approvers": list(approvers), **given}, "APPROVAL_POLICY")
    if found := list(faults(policy)):
        raise _wrong(f"APPROVAL_POLICY: {'; '.join(found)}")
    return policy


def faults(policy: Policy) -> Iterator[str]:
    """What is wrong between fields that are right each by itself."""
    if not policy.approvers:
        yield "approvers: are none; name at least one, as slack:U…"
    yield from _reachable("quorum", policy.quorum, policy.approvers, policy)
    yield from (f"rules: the name {name!r} is used twice; give each its own" for name in _twice(policy.rules))
    for rule in policy.rules:
        yield from _rule_faults(rule, policy)
    owners = Counter(key for keys in policy.people.values() for key in set(keys))
    yield from (
        f"people: {key} belongs to {count} people; a key is one person's" for key, count in owners.items() if count > 1
    )
    yield from _circles(policy)


def _rule_faults(rule: Rule, policy: Policy) -> Iterator[str]:
    if all(getattr(rule, name) in ((), None) for name in CONDITIONS):
        yield f"rules.{rule.name}: never applies; give it one of {', '.join(CONDITIONS)}"
    if rule.quorum is None and not rule.approvers:
        yield f"rules.{rule.name}: asks for nothing; give it quorum, approvers or both"
    yield from _reachable(f"rules.{rule.name}.quorum", rule.quorum or 1, rule.approvers or policy.approvers, policy)


def _reachable(field: str, quorum: int, approvers: tuple[str, ...], policy: Policy) -> Iterator[str]:
    people = {policy.identity(key) for key in approvers}
    if approvers and quorum > len(people) and not any(map(is_group, approvers)):
        yield f"{field}: {quorum} can never be reached by {len(people)} named approvers; name more, or a group"


def _twice(rules: Iterable[Rule]) -> list[str]:
    return [name for name, count in Counter(rule.name for rule in rules).items() if count > 1]


def _circles(policy: Policy) -> Iterator[str]:
    graph: dict[frozenset[str], set[frozenset[str]]] = {}
    for one in policy.delegation:
        if policy.identity(one.from_) == policy.identity(one.to):
            yield f"delegation: from {one.from_} to {one.to} is one person; name another"
        else:
            graph.setdefault(policy.identity(one.to), set()).add(policy.identity(one.from_))
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        way = " → ".join(min(person) for person in error.args[1])
        yield f"delegation: {way} is a circle; take one of them out"


def _valid(given: dict[str, Any], name: str) -> Policy:
    try:
        return Policy.model_validate(given)
    except ValidationError as error:
        raise _wrong(f"{name}: {'; '.join(_said(fault) for fault in error.errors())}") from error


def _said(fault: Any) -> str:
    field = ".".join(map(str, fault["loc"])) or "document"
    if fault["type"] == "extra_forbidden":
        return f"{field}: is no field there; there are {', '.join(_fields(fault['loc'][:-1]))}"
    return f"{field}: {fault['msg'].removeprefix('Value error, ')}"


def _fields(place: tuple[int | str, ...]) -> list[str]:
    """Names of the fields at `place` of the document."""
    model: type[BaseModel] = Policy
    for step in place:
        if isinstance(step, str):
            kind = model.model_fields[step].annotation
            model = next(one for one in (*get_args(kind), kind) if isinstance(one, type) and issubclass(one, BaseModel))
    return [field.alias or name for name, field in model.model_fields.items()]


def _wrong(what: str) -> InvalidSettings:
    return InvalidSettings(f"{what} — {SEE}")
