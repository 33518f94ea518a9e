"""Reads template.yaml, takes parameters from the environment, and lets SAM's translator make CloudFormation of it."""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from local.aws.deploy.intrinsics import TemplateError

LOCAL = "s3://local/"
"""SAM wants S3 addresses; a local path is kept behind this prefix."""

_LOCAL_PATHS = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags: `!Ref x` is {"Ref": "x"}, `!Sub y` is {"Fn::Sub": "y"}."""


def _tagged(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)  # noqa: S101 - YAML has three kinds of nodes
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _tagged)
# A date such as AWSTemplateFormatVersion stays the text it is written as.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}


def parse_yaml(text: str) -> Any:
    """A template or a state machine definition, with short tags. TemplateError for broken YAML."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - derived from SafeLoader
    except yaml.YAMLError as error:
        raise TemplateError(str(error)) from error


def read_yaml(path: Path) -> Any:
    return parse_yaml(path.read_text(encoding="utf-8"))


def environment_name(parameter: str) -> str:
    """``ApprovalTimeoutSeconds`` is overridden by ``APPROVAL_TIMEOUT_SECONDS``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", parameter).upper()


def parameter_values(template: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """Each parameter's value: from the environment, else its default.

    TemplateError for a parameter with neither, and for a value outside AllowedValues or AllowedPattern.
    """
    return {
        name: _checked(name, declaration, environment)
        for name, declaration in (template.get("Parameters") or {}).items()
    }


def _checked(name: str, declaration: Mapping[str, Any], environment: Mapping[str, str]) -> Any:
    variable = environment_name(name)
    value = environment.get(variable, declaration.get("Default"))
    if value is None:
        raise TemplateError(f"parameter {name} has no default: set the environment variable {variable}")
    allowed = [str(one) for one in declaration.get("AllowedValues", [])]
    if allowed and str(value) not in allowed:
        raise TemplateError(f"parameter {name} ({variable}) must be one of {', '.join(allowed)}")
    if not re.fullmatch(declaration.get("AllowedPattern", ".*"), str(value), re.DOTALL):
        raise TemplateError(f"parameter {name} ({variable}) must match {declaration['AllowedPattern']}")
    if declaration.get("Type") == "Number":
        _check_range(f"parameter {name} ({variable})", _number(name, variable, str(value)), declaration, "Value")
        return str(value)
    _check_range(f"parameter {name} ({variable}): its length", len(str(value)), declaration, "Length")
    return value.split(",") if declaration.get("Type") == "CommaDelimitedList" else value


def _number(name: str, variable: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise TemplateError(f"parameter {name} ({variable}) must be a number, not {value!r}") from None


def _check_range(what: str, value: float, declaration: Mapping[str, Any], kind: str) -> None:
    lowest, highest = declaration.get(f"Min{kind}"), declaration.get(f"Max{kind}")
    if lowest is not None and value < float(lowest):
        raise TemplateError(f"{what} must be at least {lowest}")
    if highest is not None and value > float(highest):
        raise TemplateError(f"{what} must be at most {highest}")


def translate(template: Mapping[str, Any], values: Mapping[str, Any], region: str) -> dict[str, Any]:
    """Plain CloudFormation. TemplateError with SAM's own words where the template is wrong."""
    import boto3
    from samtranslator.model.exceptions import InvalidDocumentException
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    logging.getLogger("samtranslator").setLevel(logging.ERROR)  # it warns of its own feature flags
    source = _with_remote_paths(template)
    translator = Translator(_AnyPolicy(), Parser(), boto_session=boto3.session.Session(region_name=region))
    try:
        translated: dict[str, Any] = translator.translate(source, {"AWS::Region": region, **values})
    except InvalidDocumentException as error:
        raise TemplateError("; ".join(cause.message for cause in error.causes) or error.message) from error
    return translated


def _with_remote_paths(template: Mapping[str, Any]) -> dict[str, Any]:
    source = copy.deepcopy(dict(template))
    shared = source.get("Globals", {}).get("Function", {})
    _make_remote(shared, "CodeUri")
    for resource in source.get("Resources", {}).values():
        _make_remote(resource.get("Properties", {}), _LOCAL_PATHS.get(resource.get("Type"), ""))
    return source


def _make_remote(properties: dict[str, Any], key: str) -> None:
    path = properties.get(key)
    if isinstance(path, str) and not path.startswith("s3://"):
        properties[key] = LOCAL + path.removeprefix("./")


class _AnyPolicy(dict[str, str]):
    """Managed policies by name: locally there is no IAM, so every name exists."""

    def get(self, name: str, default: Any = None) -> Any:
        return f"arn:aws:iam::aws:policy/{name}" if isinstance(name, str) and not name.startswith("arn:") else default

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and not name.startswith("arn:")

    def __getitem__(self, name: str) -> str:
        return f"arn:aws:iam::aws:policy/{name}"
