"""Syntax trees of JavaScript, TypeScript, Go, Java and Rust, by tree-sitter's grammars (one wheel per language)."""

from __future__ import annotations

from functools import cache

import tree_sitter_go
import tree_sitter_java
import tree_sitter_javascript
import tree_sitter_rust
import tree_sitter_typescript
from tree_sitter import Language, Parser

from ferry.domain.integrity.syntax import Node

GRAMMARS = {
    "javascript": tree_sitter_javascript.language,
    "typescript": tree_sitter_typescript.language_typescript,
    "tsx": tree_sitter_typescript.language_tsx,
    "go": tree_sitter_go.language,
    "java": tree_sitter_java.language,
    "rust": tree_sitter_rust.language,
}


def parse(language: str, text: str) -> Node:
    """The root of a tree; faults are nodes of it, so nothing is raised for any text."""
    return _parser(language).parse(text.encode("utf-8", "replace")).root_node


@cache
def _parser(language: str) -> Parser:
    return Parser(Language(GRAMMARS[language]()))
