"""What a source file says about tests and checkers, in the words of no language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum


class Strength(IntEnum):
    """How much an assertion can notice."""

    NOTHING = 0
    TRUTH = 1
    BOUND = 2
    PARTIAL = 3
    CLOSE = 4
    EXACT = 5


@dataclass(frozen=True)
class Check:
    """One assertion. text: in one spelling; subject: what is looked at; expected: the value it must have, if named;
    slack: how far it may be off, or the bound of a comparison; guard: the condition under which alone it is made;
    raises: that something is raised, of the class `expected`; names: what its subject was made by; within: what a
    helper of the same file says, when the check is a call of it."""

    text: str
    line: int
    strength: Strength
    subject: str = ""
    expected: str = ""
    slack: float | None = None
    guard: str = ""
    raises: bool = False
    names: frozenset[str] = frozenset()
    within: str = ""


@dataclass(frozen=True)
class Mark:
    """One place that a rule looks for: kind is the rule's name, text its one spelling, so that a moved one is known."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True)
class Test:
    """name: with its class or suite; rows: of its tables of cases; uses: names in it; mocks: what it replaces;
    bare: it does not even call anything;
    span: its first and last line, with what stands in front of it."""

    name: str
    line: int
    checks: tuple[Check, ...] = ()
    rows: tuple[str, ...] = ()
    uses: frozenset[str] = frozenset()
    mocks: tuple[Mark, ...] = ()
    bare: bool = False
    text: str = ""
    span: tuple[int, int] = (0, 0)

    @property
    def short(self) -> str:
        return self.name.rpartition("::")[2]


@dataclass(frozen=True)
class Branch:
    """``if <given literals>: return <answer>``, in code that is no test. single: for spelt-out inputs alone."""

    given: frozenset[str]
    answer: str
    line: int
    single: bool = False


@dataclass(frozen=True)
class Facts:
    """broken: why the file could not be read, "" if it could; at: the line of its fault, 0 if none is known;
    defines: names of functions and classes in it."""

    tests: tuple[Test, ...] = ()
    marks: tuple[Mark, ...] = ()
    defines: frozenset[str] = frozenset()
    branches: tuple[Branch, ...] = ()
    broken: str = ""
    at: int = 0


Read = Callable[[str, str], Facts]


@dataclass(frozen=True)
class Both:
    """One changed file, before and after. path: as it is now; is_test: by its path."""

    path: str
    before: Facts
    after: Facts
    is_test: bool
    new: bool = False
    gone: bool = False
    lines: Mapping[str, int] = field(default_factory=dict)
