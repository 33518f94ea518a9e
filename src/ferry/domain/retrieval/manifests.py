"""What a repository says it is and needs: pyproject.toml (PyPA's specification or Poetry's), package.json (npm's)."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

PYPROJECT, PACKAGE = "pyproject.toml", "package.json"
NPM_GROUPS = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")

_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


@dataclass(frozen=True)
class Manifest:
    """projects: names under which others require this; requires: (manifest's path, name). Names are `normal`."""

    projects: tuple[str, ...] = ()
    description: str = ""
    requires: tuple[tuple[str, str], ...] = ()


def normal(name: str) -> str:
    """PEP 503: case and the runs of ``-_.`` do not tell names apart. npm scopes stay as they are."""
    return name.lower() if name.startswith("@") else re.sub(r"[-_.]+", "-", name).lower()


def read_manifests(texts: Mapping[str, str]) -> Manifest:
    """From the manifests at the root; one that cannot be parsed says nothing."""
    python = _table(_parse(tomllib.loads, texts.get(PYPROJECT, "")))
    node = _table(_parse(json.loads, texts.get(PACKAGE, "")))
    project, poetry = _table(python.get("project")), _table(_table(python.get("tool")).get("poetry"))
    names = (project.get("name"), poetry.get("name"), node.get("name"))
    about = (project.get("description"), poetry.get("description"), node.get("description"))
    requires = [(PYPROJECT, name) for name in _python_requires(project, poetry)]
    requires += [(PACKAGE, name) for group in NPM_GROUPS for name in _table(node.get(group))]
    return Manifest(
        projects=tuple(dict.fromkeys(normal(name) for name in names if isinstance(name, str) and name)),
        description=" ".join(text for text in about if isinstance(text, str)),
        requires=tuple(dict.fromkeys((path, normal(name)) for path, name in requires)),
    )


def _python_requires(project: Mapping[str, Any], poetry: Mapping[str, Any]) -> list[str]:
    extras = _table(project.get("optional-dependencies")).values()
    groups = [group.get("dependencies") for group in map(_table, _table(poetry.get("group")).values())]
    specifiers = [*_texts(project.get("dependencies")), *(text for extra in extras for text in _texts(extra))]
    found = [match[1] for match in map(_NAME.match, specifiers) if match]
    return found + [name for table in (poetry.get("dependencies"), *groups) for name in _table(table)]


def _parse(loads: Any, text: str) -> Any:
    try:
        return loads(text)
    except (ValueError, RecursionError):  # neither parser bounds how deep a document nests
        return None


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> Iterable[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
