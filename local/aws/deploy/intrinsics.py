"""CloudFormation's intrinsic functions over one template's parameters, mappings, conditions and created resources.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

NO_VALUE = object()
_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
_LITERAL = re.compile(r"\$\{!([^}]*)\}")


class TemplateError(ValueError):
    """The template asks for something that the local stack does not know; the message says what and where."""


@dataclass
class Resource:
    """`ref` is what Ref gives; `attributes` what Fn::GetAtt gives, by attribute name."""

    ref: str
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass
class Scope:
    """Everything a template's expressions can name. `resources` grows while the template is deployed."""

    values: Mapping[str, Any]
    mappings: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)

    def resolve(self, node: Any) -> Any:
        """`node` without intrinsic functions. TemplateError for a name or a function that does not exist."""
        if isinstance(node, list):
            return [value for value in map(self.resolve, node) if value is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            name, argument = next(iter(node.items()))
            if name in _FUNCTIONS:
                return _FUNCTIONS[name](self, argument)
            if name.startswith("Fn::"):
                raise TemplateError(f"{name} is not known to the local stack")
        resolved = {key: self.resolve(value) for key, value in node.items()}
        return {key: value for key, value in resolved.items() if value is not NO_VALUE}

    def holds(self, condition: str) -> bool:
        if condition not in self.conditions:
            raise TemplateError(f"condition {condition} is not in the template")
        return bool(self.resolve(self.conditions[condition]))

    def ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self.values:
            return self.values[name]
        if name in self.resources:
            return self.resources[name].ref
        raise TemplateError(f"Ref {name}: no such parameter or resource")

    def attribute(self, name: str, attribute: str) -> Any:
        try:
            return self.resources[name].attributes[attribute]
        except KeyError:
            raise TemplateError(f"Fn::GetAtt {name}.{attribute}: unknown to the local stack") from None

    def named(self, expression: str) -> Any:
        name, _, attribute = expression.partition(".")
        return self.attribute(name, attribute) if attribute else self.ref(expression)


def mentioned(node: Any) -> Iterator[str]:
    """The names that `node` refers to: parameters, resources, pseudo parameters."""
    if isinstance(node, list):
        for item in node:
            yield from mentioned(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _mentioned_by(key, value)
            yield from mentioned(value)


def _mentioned_by(key: str, value: Any) -> Iterator[str]:
    if key == "Ref" and isinstance(value, str):
        yield value
    elif key == "Fn::GetAtt":
        yield value.split(".")[0] if isinstance(value, str) else value[0]
    elif key == "Fn::Sub":
        for name in _VARIABLE.findall(value if isinstance(value, str) else value[0]):
            yield name.split(".")[0]


def _sub(scope: Scope, argument: Any) -> str:
    text, extra = (argument, {}) if isinstance(argument, str) else (argument[0], scope.resolve(argument[1]))

    def value(match: re.Match[str]) -> str:
        name = match[1].strip()
        return str(extra[name] if name in extra else scope.named(name))

    return _LITERAL.sub(r"${\1}", _VARIABLE.sub(value, text))


def _get_att(scope: Scope, argument: Any) -> Any:
    name, _, attribute = argument.partition(".") if isinstance(argument, str) else (argument[0], "", argument[1])
    return scope.attribute(name, scope.resolve(attribute))


def _join(scope: Scope, argument: Any) -> str:
    return str(argument[0]).join(str(part) for part in scope.resolve(argument[1]))


def _select(scope: Scope, argument: Any) -> Any:
    index, values = scope.resolve(argument)
    return values[int(index)]


def _split(scope: Scope, argument: Any) -> list[str]:
    return str(scope.resolve(argument[1])).split(str(argument[0]))


def _find_in_map(scope: Scope, argument: Any) -> Any:
    name, top, second = (scope.resolve(part) for part in argument[:3])
    try:
        return scope.mappings[name][top][second]
    except KeyError:
        raise TemplateError(f"Fn::FindInMap: {name}.{top}.{second} is not in the template's Mappings") from None


def _if(scope: Scope, argument: Any) -> Any:
    condition, positive, negative = argument
    return scope.resolve(positive if scope.holds(condition) else negative)


def _equals(scope: Scope, argument: Any) -> bool:
    left, right = scope.resolve(argument)
    return str(left) == str(right)


_FUNCTIONS: dict[str, Callable[[Scope, Any], Any]] = {
    "Ref": lambda scope, argument: scope.ref(argument),
    "Condition": lambda scope, argument: scope.holds(argument) if isinstance(argument, str) else argument,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": _find_in_map,
    "Fn::If": _if,
    "Fn::Equals": _equals,
    "Fn::And": lambda scope, argument: all(scope.resolve(argument)),
    "Fn::Or": lambda scope, argument: any(scope.resolve(argument)),
    "Fn::Not": lambda scope, argument: not scope.resolve(argument)[0],
    "Fn::GetAZs": lambda scope, argument: [f"{scope.values['AWS::Region']}a"],
}
