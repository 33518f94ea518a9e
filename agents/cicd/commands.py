"""The commands that a repository's own CI runs, as its files say; no log, which anybody's test may write, has a say."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

Command = tuple[str, ...]
_WORKFLOWS = ".github/workflows"
_RUN = re.compile(r"^(\s*)(?:- )?run:[ \t]*(.*)$")
_BLOCK = re.compile(r"^[|>][+-]?\d?$")
_BETWEEN = re.compile(r"&&|\|\||;")
# A shell would make something of these that we do not; a glob is for the tool itself, where it was quoted.
_SHELL = re.compile(r"[$`|<>&()]")
# What only looks for the program, which the sandbox finds or does not.
_WRAPPERS = (
    ("poetry", "run"), ("uv", "run"), ("pdm", "run"), ("hatch", "run"), ("pipenv", "run"), ("bundle", "exec"),
    ("npx",), ("pnpm", "exec"), ("pnpm", "dlx"), ("yarn", "exec"), ("yarn", "run"), ("bunx",), ("python", "-m"),
    ("python3", "-m"),
)  # fmt: skip
_SCRIPT = re.compile(r"^(?:npm|pnpm|yarn|bun)$")
_HOOK = re.compile(r"^\s*- id:\s*([\w-]+)", re.MULTILINE)
HOOKS = {
    "black": ("black", "."),
    "ruff-format": ("ruff", "format", "."),
    "ruff": ("ruff", "check", "."),
    "ruff-check": ("ruff", "check", "."),
    "isort": ("isort", "."),
    "prettier": ("prettier", "--write", "."),
    "eslint": ("eslint", "."),
}


def ci_commands(repo: Path) -> list[Command]:
    """Each once, in the files' order: of workflows, of scripts and make targets they call, of pre-commit hooks."""
    found: dict[Command, None] = {}
    for line in _lines_of_workflows(repo):
        for command in _commands(line):
            found |= dict.fromkeys(_expanded(command, repo))
    return list(found)


def _lines_of_workflows(repo: Path) -> Iterator[str]:
    for file in sorted((repo / _WORKFLOWS).glob("*.y*ml")):
        yield from _runs(file.read_text(encoding="utf-8", errors="replace").splitlines())


def _runs(lines: list[str]) -> Iterator[str]:
    """Of ``run:`` what stands on its line, or the deeper lines of the block below it."""
    for index, line in enumerate(lines):
        if not (run := _RUN.match(line)):
            continue
        if not _BLOCK.match(run[2].strip()):
            yield _unquoted(run[2].strip())
            continue
        for deeper in lines[index + 1 :]:
            if deeper.strip() and len(deeper) - len(deeper.lstrip()) <= len(run[1]):
                break
            yield deeper.strip()


def _unquoted(text: str) -> str:
    """Of a YAML scalar that is quoted as a whole."""
    whole = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if whole and text[0] not in text[1:-1] else text


def _commands(line: str) -> Iterator[Command]:
    for part in _BETWEEN.split(line):
        if "gofmt" in part:  # it says nothing by its exit code, so that CI always wraps it
            yield ("gofmt", "-l", ".")
        elif not _SHELL.search(part):
            try:
                words = tuple(shlex.split(part, comments=True))
            except ValueError:
                continue
            if words:
                yield _bare(words)


def _bare(words: Command) -> Command:
    for wrapper in _WRAPPERS:
        if words[: len(wrapper)] == wrapper and len(words) > len(wrapper):
            rest = words[len(wrapper) :]
            return _bare(tuple(rest[1:] if rest[0] in ("--no-install", "--yes", "-y", "--") else rest))
    return words


def _expanded(command: Command, repo: Path, depth: int = 0) -> Iterator[Command]:
    inner: list[str] = []
    if depth < 3 and _SCRIPT.match(command[0]) and len(command) > 1:
        inner = _script(command[2] if command[1] == "run" and len(command) > 2 else command[1], repo)
    elif depth < 3 and command[0] == "make" and len(command) > 1:
        inner = _recipe(command[1], repo)
    elif command[:2] == ("pre-commit", "run"):
        yield from _hooks(repo)
        return
    if not inner:
        yield command
    for line in inner:
        for found in _commands(line):
            yield from _expanded(found, repo, depth + 1)


def _script(name: str, repo: Path) -> list[str]:
    try:
        scripts = json.loads((repo / "package.json").read_text(encoding="utf-8")).get("scripts", {})
        return [str(scripts[name])] if name in scripts else []
    except (OSError, ValueError, AttributeError, TypeError):
        return []


def _recipe(target: str, repo: Path) -> list[str]:
    try:
        lines = (repo / "Makefile").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    start = next((index for index, line in enumerate(lines) if re.match(rf"{re.escape(target)}\s*:", line)), len(lines))
    found = []
    for line in lines[start + 1 :]:
        if not line.startswith("\t"):
            break
        found.append(line.strip().lstrip("@-"))
    return found


def _hooks(repo: Path) -> Iterator[Command]:
    try:
        text = (repo / ".pre-commit-config.yaml").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    yield from (HOOKS[id] for id in _HOOK.findall(text) if id in HOOKS)
