"""Statements of IAM policies, and whether they permit a call.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.aws.deploy.intrinsics import TemplateError
from local.aws.permissions.conditions import Condition, Context, like, read_conditions, texts

_KNOWN = {"Sid", "Effect", "Action", "Resource", "Condition"}


@dataclass(frozen=True)
class Call:
    """action: e.g. ``dynamodb:PutItem``; resource: an ARN; context: values by condition key."""

    action: str
    resource: str
    context: Context = field(default_factory=dict)


@dataclass(frozen=True)
class Statement:
    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()

    def covers(self, call: Call) -> bool:
        return (
            any(like(action.lower(), call.action.lower()) for action in self.actions)
            and any(like(resource, call.resource) for resource in self.resources)
            and all(condition.holds(call.context) for condition in self.conditions)
        )


def permits(statements: Iterable[Statement], call: Call) -> bool:
    """Something allows it and nothing denies it."""
    said = [statement.allows for statement in statements if statement.covers(call)]
    return bool(said) and all(said)


def read_statements(policies: Sequence[Mapping[str, Any]]) -> tuple[Statement, ...]:
    """Of a role's inline policies, whose intrinsic functions are resolved. TemplateError for what is not known here."""
    return tuple(statement for policy in policies for statement in _of(policy["PolicyDocument"]["Statement"]))


def _of(given: Any) -> Iterator[Statement]:
    for one in given if isinstance(given, list) else [given]:
        if strange := one.keys() - _KNOWN:
            raise TemplateError(f"a policy says {', '.join(sorted(strange))}, which the local stack does not know")
        yield Statement(
            allows=one["Effect"] == "Allow",
            actions=tuple(texts(one["Action"])),
            resources=tuple(texts(one["Resource"])),
            conditions=tuple(read_conditions(one.get("Condition", {}))),
        )
