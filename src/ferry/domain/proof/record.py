"""A proof as it is kept and shown."""

from __future__ import annotations

from enum import StrEnum

from ferry.domain.document import Document
from ferry.domain.proof.outcome import Status

SHOWN = 60


class Role(StrEnum):
    """What a test is to the proof. proves: red without the change for a reason that counts, green with it; guards: new
    or changed, and green without the change too; unfit: red without the change, but by a fault of the test itself;
    lost: passed before, passes no more; broken: red with the change; flaky: two runs of one tree differ; kept: as it
    was."""

    PROVES = "proves"
    GUARDS = "guards"
    UNFIT = "unfit"
    LOST = "lost"
    BROKEN = "broken"
    FLAKY = "flaky"
    KEPT = "kept"


class ProofCase(Document):
    """One test. base: without the change, for new and changed tests with the test files of the head; head: with it;
    why: its failure on the base in one line, untrusted; note: of ours, e.g. what its missing name is."""

    id: str
    base: Status
    head: Status
    role: Role = Role.KEPT
    why: str = ""
    note: str = ""


class Proof(Document):
    """reason: one sentence, also when it is proved; by_exit_code: runners that gave nothing but an exit code.
    passed: how many tests pass with the change; the cases may be fewer."""

    cases: tuple[ProofCase, ...] = ()
    proved: bool = False
    reason: str = ""
    by_exit_code: tuple[str, ...] = ()
    passed: int = 0

    def of(self, *roles: Role) -> tuple[ProofCase, ...]:
        return tuple(case for case in self.cases if case.role in roles)

    def for_people(self) -> Proof:
        """Without the tests that stayed as they were, and bounded: what a table has room for."""
        told = sorted((case for case in self.cases if case.role is not Role.KEPT or case.note), key=_weight)
        return self.model_copy(update={"cases": tuple(told[:SHOWN])})


def _weight(case: ProofCase) -> int:
    return list(Role).index(case.role)
