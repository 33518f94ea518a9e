"""JSON Schema of a pydantic model, in the form that strict models accept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """Draft 2020-12 with ``$defs`` inlined, ``additionalProperties: false`` on every object, and no generated titles.

    Source of the form: strict tool use in Bedrock's Converse. ValueError for a model that contains itself.
    """
    schema = model.model_json_schema()
    inlined: dict[str, Any] = _inline(schema, schema.pop("$defs", {}), ())
    inlined.pop("description", None)
    return inlined


def _inline(node: Any, definitions: Mapping[str, Any], within: tuple[str, ...]) -> Any:
    if isinstance(node, list):
        return [_inline(part, definitions, within) for part in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _resolve(node, definitions, within)
    flat = {key: _child(key, value, definitions, within) for key, value in node.items() if not _generated(key, value)}
    if "properties" in flat:
        flat["additionalProperties"] = False
    return flat


def _child(key: str, value: Any, definitions: Mapping[str, Any], within: tuple[str, ...]) -> Any:
    """Under ``properties`` the keys are names of fields, so a field called ``title`` must stay."""
    if key == "properties":
        return {name: _inline(field, definitions, within) for name, field in value.items()}
    return _inline(value, definitions, within)


def _resolve(node: Mapping[str, Any], definitions: Mapping[str, Any], within: tuple[str, ...]) -> Any:
    name = node["$ref"].rpartition("/")[2]
    if name in within:
        raise ValueError(f"{name} contains itself; a schema without $defs cannot say that")
    beside = {key: value for key, value in node.items() if key != "$ref"}
    return {**_inline(definitions[name], definitions, (*within, name)), **beside}


def _generated(key: str, value: Any) -> bool:
    return key == "title" and isinstance(value, str)
