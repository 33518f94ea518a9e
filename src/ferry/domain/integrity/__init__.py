"""The integrity gate: what a diff does to tests, checks and configuration, whoever made it."""

from __future__ import annotations

from ferry.domain.gate_rules import RULES, Severity
from ferry.domain.integrity.change import Asked, Change, Finding
from ferry.domain.integrity.inspect import MOST_BYTES, Scan, inspect
from ferry.domain.integrity.syntax import Parse

__all__ = ["MOST_BYTES", "RULES", "Asked", "Change", "Finding", "Parse", "Scan", "Severity", "inspect"]
