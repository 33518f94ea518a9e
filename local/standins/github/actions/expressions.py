"""`${{ … }}`: literals, contexts, operators and the common functions.

docs.github.com "Evaluate expressions in workflows and actions". What is not known fails the job with its name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from local.standins.github.actions.functions import COMPARE, FUNCTIONS, as_text, truthy

_TOKEN = re.compile(
    r"\s*(?:(?P<number>-?\d+(?:\.\d+)?)|(?P<text>'(?:[^']|'')*')|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<sign>\|\||&&|==|!=|<=|>=|[<>!()\[\].,*]))"
)
_MARK = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_STATUS = re.compile(r"\b(success|failure|always|cancelled)\s*\(")
_LITERALS = {"true": True, "false": False, "null": None}


class ExpressionError(ValueError):
    """The expression uses something this stand-in does not know."""


def interpolate(text: str, contexts: Mapping[str, Any]) -> str:
    return _MARK.sub(lambda found: as_text(evaluate(found[1], contexts)), text)


def condition(text: object, contexts: Mapping[str, Any]) -> bool:
    """An `if:`; without a status function it also demands success()."""
    source = str(text).strip() if not isinstance(text, bool) else str(text).lower()
    found = _MARK.fullmatch(source)
    source = found[1] if found else source
    if not _STATUS.search(source):
        source = f"success() && ({source or 'true'})"
    return truthy(evaluate(source, contexts))


def evaluate(source: str, contexts: Mapping[str, Any]) -> Any:
    """contexts: names to values; `status` holds "success", "failure" or "cancelled" of what ran before."""
    parser = _Parser(_tokens(source), contexts)
    value = parser.either()
    if parser.peek() is not None:
        raise ExpressionError(f"unexpected {parser.peek()!r} in: {source.strip()}")
    return value


def _tokens(source: str) -> list[str]:
    tokens, at = [], 0
    source = source.strip()
    while at < len(source):
        found = _TOKEN.match(source, at)
        if found is None:
            raise ExpressionError(f"cannot read {source[at:]!r} in: {source}")
        tokens.append(found[0].strip())
        at = found.end()
    return tokens


class _Parser:
    """Recursive descent, evaluating as it goes; both sides of && and || are read, as they have no effects."""

    def __init__(self, tokens: list[str], contexts: Mapping[str, Any]) -> None:
        self._tokens, self._contexts, self._at = tokens, contexts, 0

    def peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, expected: str = "") -> str:
        token = self.peek()
        if token is None or (expected and token != expected):
            raise ExpressionError(f"expected {expected or 'a value'}, found {token or 'the end'}")
        self._at += 1
        return token

    def either(self) -> Any:
        value = self._both()
        while self.peek() == "||":
            self._take()
            other = self._both()
            value = value if truthy(value) else other
        return value

    def _both(self) -> Any:
        value = self._compared()
        while self.peek() == "&&":
            self._take()
            other = self._compared()
            value = other if truthy(value) else value
        return value

    def _compared(self) -> Any:
        value = self._unary()
        while (sign := self.peek()) in COMPARE:
            self._take()
            value = COMPARE[str(sign)](value, self._unary())
        return value

    def _unary(self) -> Any:
        if self.peek() == "!":
            self._take()
            return not truthy(self._unary())
        if self.peek() == "(":
            self._take()
            value = self.either()
            self._take(")")
            return value
        return self._value(self._take())

    def _value(self, token: str) -> Any:
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if token[0].isdigit() or (token[0] == "-" and len(token) > 1):
            return float(token)
        if token.lower() in _LITERALS:
            return _LITERALS[token.lower()]
        return self._call(token) if self.peek() == "(" else self._context(token)

    def _context(self, name: str) -> Any:
        if name not in self._contexts:
            raise ExpressionError(f"unknown name {name!r}")
        value = self._contexts[name]
        while self.peek() in (".", "["):
            if self._take() == ".":
                key = self._take()
            else:
                key = as_text(self.either())
                self._take("]")
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def _call(self, name: str) -> Any:
        self._take("(")
        arguments = []
        while self.peek() != ")":
            arguments.append(self.either())
            if self.peek() == ",":
                self._take()
        self._take(")")
        status = self._contexts.get("status", "success")
        if name.lower() in ("success", "failure", "cancelled"):
            return status == name.lower()
        if name.lower() == "always":
            return True
        if name.lower() not in FUNCTIONS:
            raise ExpressionError(f"the function {name}() is not supported by this runner")
        return FUNCTIONS[name.lower()](*arguments)
