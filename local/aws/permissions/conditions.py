"""Conditions of IAM policies: those operators that the template uses, and no others.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.aws.deploy.intrinsics import TemplateError

Context = Mapping[str, tuple[str, ...]]
"""What a call brings along, by condition key in small letters; a key that it does not have is missing."""

_FOR_ALL, _FOR_ANY = "ForAllValues", "ForAnyValue"


def like(pattern: str, value: str) -> bool:
    """``*`` stands for any characters, also none, ``?`` for one."""
    return _pattern(pattern).fullmatch(value) is not None


def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, value: wanted == value,
    "StringLike": like,
}


@dataclass(frozen=True)
class Condition:
    """quantifier: ForAllValues, ForAnyValue or "" for a key with a single value; key: in small letters."""

    quantifier: str
    operator: str
    key: str
    values: tuple[str, ...]

    def holds(self, context: Context) -> bool:
        if self.operator == "Null":
            return (self.key not in context) == (self.values == ("true",))
        fits, there = _OPERATORS[self.operator], context.get(self.key, ())
        found = [any(fits(wanted, value) for wanted in self.values) for value in there]
        # As on AWS, ForAllValues holds of no values at all; a policy asks with Null that there are some.
        return all(found) if self.quantifier == _FOR_ALL else any(found)


def read_conditions(block: Mapping[str, Mapping[str, Any]]) -> Iterator[Condition]:
    """TemplateError for an operator, a quantifier or a policy variable that is not known here."""
    for name, keys in block.items():
        quantifier, _, operator = name.rpartition(":")
        if operator not in (*_OPERATORS, "Null") or quantifier not in ("", _FOR_ALL, _FOR_ANY):
            raise TemplateError(f"Condition {name} is not known to the local stack (local/aws/permissions)")
        for key, given in keys.items():
            values = texts(given)
            if any("${" in value for value in values):
                raise TemplateError(f"Condition {name} {key}: policy variables are not known to the local stack")
            yield Condition(quantifier, operator, key.lower(), tuple(values))


def texts(given: Any) -> list[str]:
    """One value or a list of them, as text; booleans as IAM writes them."""
    values = given if isinstance(given, list) else [given]
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
