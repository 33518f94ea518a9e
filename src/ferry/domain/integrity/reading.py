"""From the bytes of a changed file to facts, whatever it is, in bounded time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ferry.domain.integrity import paths
from ferry.domain.integrity.facts import Facts
from ferry.domain.integrity.readers import go, java, javascript, python, rust
from ferry.domain.integrity.readers import text as lines
from ferry.domain.integrity.syntax import Node, Parse, TooDeep, errors

LARGEST = 1_000_000
LONGEST_LINE = 20_000
TREES: dict[str, Callable[[str, Node], Facts]] = {
    "javascript": javascript.facts,
    "typescript": javascript.facts,
    "tsx": javascript.facts,
    "go": go.facts,
    "java": java.facts,
    "rust": rust.facts,
}
NAMES = {
    "javascript": "JavaScript",
    "typescript": "TypeScript",
    "tsx": "TSX",
    "go": "Go",
    "java": "Java",
    "rust": "Rust",
}


def decoded(data: bytes | None) -> str:
    return (data or b"").decode("utf-8-sig", "replace").replace("\r\n", "\n")


def is_binary(data: bytes | None) -> bool:
    return b"\0" in (data or b"")[:8000]


def facts_of(path: str, data: bytes | None, parse: Parse) -> Facts:
    """Facts with `broken` for what cannot be read; nothing is raised for any content."""
    language = paths.language(path)
    if not language or data is None or is_binary(data):
        return Facts()
    if len(data) > LARGEST or max(map(len, data.split(b"\n"))) > LONGEST_LINE:
        return Facts(broken="it is too large, or has lines that are")
    text = decoded(data)
    if language == "python":
        return python.read(path, text)
    if language == "text":
        return lines.read(path, text)
    try:
        root = parse(language, text)
        fault = errors(root)
        found = TREES[language](path, root)
    except (TooDeep, RecursionError) as error:
        return Facts(broken=f"it cannot be parsed: {str(error)[:100]}")
    return replace(found, broken=f"this is no {NAMES[language]}", at=fault) if fault else found
