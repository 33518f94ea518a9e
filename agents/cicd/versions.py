"""Which version of a tool a repository pins: another one formats and complains otherwise."""

from __future__ import annotations

import json
import re
from pathlib import Path

_FILES = (
    "requirements*.txt", "requirements/*.txt", "pyproject.toml", "setup.cfg", "tox.ini", "constraints*.txt",
    ".github/workflows/*.y*ml",
)  # fmt: skip
_REPOSITORIES = {"ruff": "ruff-pre-commit", "black": "black", "isort": "isort", "flake8": "flake8"}
_VERSION = re.compile(r"\d+(?:\.\d+)+")


def pinned(tool: str, repo: Path) -> str:
    """``0.6.9``, or "" where nothing names an exact version."""
    return _by_python(tool, repo) or _by_node(tool, repo) or _by_hook(tool, repo)


def version_in(output: str) -> str:
    """Of what ``<tool> --version`` prints."""
    found = _VERSION.search(output)
    return found[0] if found else ""


def _by_python(tool: str, repo: Path) -> str:
    exact = re.compile(rf"(?<![\w-]){re.escape(tool)}(?:\[[\w,]*\])?\s*={{2,3}}\s*['\"]?(\d+(?:\.\d+)+)", re.IGNORECASE)
    for pattern in _FILES:
        for file in sorted(repo.glob(pattern)):
            if found := exact.search(_text(file)):
                return found[1]
    return ""


def _by_node(tool: str, repo: Path) -> str:
    try:
        lock = json.loads(_text(repo / "package-lock.json") or "{}")
        package = json.loads(_text(repo / "package.json") or "{}")
        locked = lock.get("packages", {}).get(f"node_modules/{tool}", {}).get("version", "")
        asked = {**package.get("dependencies", {}), **package.get("devDependencies", {})}.get(tool, "")
    except (ValueError, AttributeError, TypeError):
        return ""
    return str(locked) or (str(asked) if _VERSION.fullmatch(str(asked)) else "")


def _by_hook(tool: str, repo: Path) -> str:
    name = _REPOSITORIES.get(tool, tool)
    text = _text(repo / ".pre-commit-config.yaml")
    found = re.search(rf"repo:\s*\S*/{re.escape(name)}(?:\.git)?\s*\n\s*rev:\s*['\"]?v?(\d+(?:\.\d+)+)", text)
    return found[1] if found else ""


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
