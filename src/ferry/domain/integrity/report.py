"""Findings as they come together: each once, in the severity that the policy says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ferry.domain.gate_rules import BLOCK, RULES, Severity
from ferry.domain.integrity.change import Finding

MOST = 200


class Report:
    """policy: severities that differ from the rulebook's, by rule."""

    def __init__(self, policy: Mapping[str, Severity]) -> None:
        self._policy = policy
        self._found: dict[tuple[str, str, int, str], Finding] = {}

    def add(self, rule: str, path: str, line: int, message: str) -> None:
        severity = self._policy.get(rule, RULES[rule][0])
        self._found.setdefault((rule, path, line, message), Finding(rule, path, line, severity, message))

    def hush(self, path: str) -> None:
        """Nothing of this file is quoted: a secret is in it."""
        for key, one in self._found.items():
            if one.path == path and one.rule != "secret":
                self._found[key] = replace(one, message=RULES[one.rule][1])

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What blocks first; at most `MOST`, since a person reads them."""
        order = sorted(self._found.values(), key=lambda one: (one.severity != BLOCK, one.path, one.line, one.rule))
        return tuple(order[:MOST])
