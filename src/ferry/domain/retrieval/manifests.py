"""What a repository says it is, in pyproject.toml (PyPA's specification or Poetry's) and package.json (npm's).

What it needs is in `ferry.domain.retrieval.ties`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ferry.domain.retrieval.ties.pypi import normal as pypi_name
from ferry.domain.retrieval.ties.tables import json_object, table, toml
from ferry.domain.retrieval.ties.tie import Unreadable

PYPROJECT, PACKAGE = "pyproject.toml", "package.json"


@dataclass(frozen=True)
class Manifest:
    """projects: names under which others require this, `normal`."""

    projects: tuple[str, ...] = ()
    description: str = ""


def normal(name: str) -> str:
    """npm scopes stay as they are."""
    return name.lower() if name.startswith("@") else pypi_name(name)


def read_manifests(texts: Mapping[str, str]) -> Manifest:
    """From the manifests at the root; one that cannot be parsed says nothing."""
    python = _parsed(toml, texts.get(PYPROJECT, ""))
    node = _parsed(json_object, texts.get(PACKAGE, ""))
    project, poetry = table(python, "project"), table(python, "tool", "poetry")
    names = (project.get("name"), poetry.get("name"), node.get("name"))
    about = (project.get("description"), poetry.get("description"), node.get("description"))
    return Manifest(
        projects=tuple(dict.fromkeys(normal(name) for name in names if isinstance(name, str) and name)),
        description=" ".join(text for text in about if isinstance(text, str)),
    )


def _parsed(read: Any, text: str) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = read(text) if text else {}
    except Unreadable:
        found = {}
    return found
