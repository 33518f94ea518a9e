"""What the gate is shown, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass

from ferry.domain.gate_rules import Severity


@dataclass(frozen=True)
class Change:
    """One file of a diff. before, after: None where there is no such file; previous: its path before, "" if the same;
    odd: what it is now instead of a plain file (link, submodule), "" for a plain one."""

    path: str
    before: bytes | None
    after: bytes | None
    previous: str = ""
    executable: bool = False
    odd: str = ""


@dataclass(frozen=True)
class Finding:
    """One rule that a diff breaks. line: in the file as it is afterwards, or before where nothing is left; 0: the file
    itself. message: for a person, never with a secret in it."""

    rule: str
    path: str
    line: int
    severity: Severity
    message: str


@dataclass(frozen=True)
class Asked:
    """What people approved, as far as tests go. tests: paths whose tests the plan says will change; words: the plan's
    own text, in which a new expected value may be named."""

    tests: frozenset[str] = frozenset()
    words: str = ""
