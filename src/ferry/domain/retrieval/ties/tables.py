"""TOML and JSON of strangers: any value may be of any type."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any

from ferry.domain.retrieval.ties.tie import Unreadable


def toml(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # nothing bounds how deep a document nests
        raise Unreadable(str(error)) from error


def json_object(text: str) -> Mapping[str, Any]:
    try:
        return table(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from error


def table(value: Any, *keys: str) -> Mapping[str, Any]:
    """`value`, or what lies under `keys` in it; empty where that is no table."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def texts(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, (list, tuple)) else []


def word(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
