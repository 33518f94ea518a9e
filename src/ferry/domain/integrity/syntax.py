"""A syntax tree as tree-sitter gives it, whoever gives it, and how to walk it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

DEEPEST = 400
MOST_NODES = 400_000


class Node(Protocol):
    """One node; the names are tree-sitter's own."""

    @property
    def type(self) -> str: ...
    @property
    def text(self) -> bytes | None: ...
    @property
    def start_point(self) -> tuple[int, int]: ...
    @property
    def end_point(self) -> tuple[int, int]: ...
    @property
    def named_children(self) -> Sequence[Node]: ...
    @property
    def children(self) -> Sequence[Node]: ...
    @property
    def has_error(self) -> bool: ...
    def child_by_field_name(self, name: str, /) -> Node | None: ...


Parse = Callable[[str, str], Node]


class TooDeep(Exception):
    """Nothing that a person wrote is like this."""


def walk(root: Node) -> Iterator[tuple[Node, list[Node]]]:
    """Every named node with those above it, outermost first; that list is reused, so look at it now. TooDeep."""
    above: list[Node] = []
    rows: list[Iterator[Node]] = [iter([root])]
    count = 0
    while rows:
        node = next(rows[-1], None)
        if node is None:
            rows.pop()
            if above:
                above.pop()
            continue
        count += 1
        if len(rows) > DEEPEST or count > MOST_NODES:
            raise TooDeep("it is nested too deeply, or too large")
        yield node, above
        above.append(node)
        rows.append(iter(node.named_children))


def text(node: Node | None) -> str:
    """On one line, white space in one form."""
    return "" if node is None else " ".join((node.text or b"").decode("utf-8", "replace").split())


def field(node: Node | None, name: str) -> Node | None:
    return node.child_by_field_name(name) if node is not None else None


def line(node: Node) -> int:
    return node.start_point[0] + 1


def span(node: Node) -> tuple[int, int]:
    return node.start_point[0] + 1, node.end_point[0] + 1


def arguments(call: Node) -> list[Node]:
    found = field(call, "arguments")
    return [one for one in found.named_children if "comment" not in one.type] if found is not None else []


def way_out(above: Sequence[Node], node: Node) -> str:
    """The condition, if any, under which a return stands before `node` in a block around it."""
    for block, inner in zip(above, [*above[1:], node], strict=True):
        if block.type in ("statement_block", "statement_list", "block"):
            for one in block.named_children:
                if one.start_point >= inner.start_point:
                    break
                if one.type == "return_statement":
                    return "what follows a return"
                if one.type == "if_statement" and field(one, "alternative") is None and _returns(one):
                    return f"not {text(field(one, 'condition'))}"
    return ""


def _returns(condition: Node) -> bool:
    then = field(condition, "consequence")
    while then is not None and then.type in ("statement_block", "statement_list", "block") and then.named_children:
        then = then.named_children[-1]
    return then is not None and then.type == "return_statement"


def names(node: Node) -> frozenset[str]:
    kinds = ("identifier", "property_identifier", "field_identifier", "type_identifier")
    return frozenset(text(one) for one, _ in walk(node) if one.type in kinds)


def number(said: str) -> float | None:
    try:
        return float(said.strip().rstrip("fFdDlL").replace("_", ""))
    except ValueError:
        return None


def errors(root: Node) -> int:
    """Line of the first fault, 0 without one."""
    if not root.has_error:
        return 0
    found = next((one for one, _ in walk(root) if one.type == "ERROR"), None)
    return line(found) if found is not None else 1
