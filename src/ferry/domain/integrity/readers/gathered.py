"""What one walk over the syntax tree of a file gathers, in any language."""

from __future__ import annotations

from dataclasses import dataclass, field

from ferry.domain.integrity.facts import Branch, Facts, Mark, Test
from ferry.domain.integrity.readers.words import comment_marks
from ferry.domain.integrity.syntax import Node, line, text


@dataclass
class Gathered:
    tests: list[Test] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    defines: set[str] = field(default_factory=set)
    branches: list[Branch] = field(default_factory=list)

    def comment(self, node: Node) -> None:
        self.marks += comment_marks([(line(node), text(node))])

    @property
    def facts(self) -> Facts:
        """What has no name defines nothing."""
        return Facts(tuple(self.tests), tuple(self.marks), frozenset(self.defines - {""}), tuple(self.branches))
