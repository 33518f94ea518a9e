"""A proof in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from ferry.domain.proof.outcome import file_of
from ferry.domain.proof.record import Proof, ProofCase, Role

SHOWN = 3


def sentence(proof: Proof, files: Collection[str], required: Collection[str], trouble: str) -> tuple[bool, str]:
    """Whether it is proved, and why or why not; the first thing that is wrong is told."""
    wrong = trouble or _wrong(proof, files, required)
    return (False, wrong) if wrong else (True, _right(proof))


def _wrong(proof: Proof, files: Collection[str], required: Collection[str]) -> str:
    if lost := proof.of(Role.LOST):
        return f"{_many(lost, 'test that passed is lost', 'tests that passed are lost')}: {_each(lost, _head)}"
    if broken := proof.of(Role.BROKEN):
        return f"{_many(broken, 'test fails', 'tests fail')} with the change: {_each(broken, _why)}"
    if unfit := proof.of(Role.UNFIT):
        says = _many(unfit, "test is", "tests are")
        return f"{says} red without the change by a fault of the test: {_each(unfit, lambda case: case.note)}"
    if not files:
        return "no test was added or changed"
    proving = {file_of(case.id) for case in proof.of(Role.PROVES)}
    if missing := sorted(set(required) - proving) or (not proving and sorted(files)):
        return f"{', '.join(missing[:SHOWN])}: {_nothing(proof, missing)}"
    return ""


def _nothing(proof: Proof, files: Collection[str]) -> str:
    """Why these files prove nothing."""
    cases = [case for case in proof.cases if file_of(case.id) in files]
    if flaky := [case for case in cases if case.role is Role.FLAKY]:
        return f"no test proves the change; flaky: {_each(flaky, lambda case: case.note)}"
    if not cases:
        return "no test of it was run with the change"
    told = ", ".join(f"{case.id} ({case.base} without the change, {case.head} with it)" for case in cases[:SHOWN])
    return f"no test fails without the change and passes with it: {told}"


def _right(proof: Proof) -> str:
    proving, guards, flaky = proof.of(Role.PROVES), proof.of(Role.GUARDS), proof.of(Role.FLAKY)
    parts = [
        f"{_many(proving, 'test fails', 'tests fail')} without the change and {_s(proving)} with it",
        f"{proof.passed} pass in all",
        f"{_many(guards, 'new test does', 'new tests do')} not fail without it" if guards else "",
        f"flaky: {_each(flaky, lambda case: case.note)}" if flaky else "",
        f"by exit code alone: {', '.join(proof.by_exit_code)}" if proof.by_exit_code else "",
    ]
    return "; ".join(part for part in parts if part)


def _s(cases: Sequence[ProofCase]) -> str:
    return "passes" if len(cases) == 1 else "pass"


def _many(cases: Sequence[ProofCase], one: str, more: str) -> str:
    return f"{len(cases)} {one if len(cases) == 1 else more}"


def _head(case: ProofCase) -> str:
    return f"{case.head} now" + (f", {case.why}" if case.why else "")


def _why(case: ProofCase) -> str:
    return case.why


def _each(cases: Sequence[ProofCase], says: Callable[[ProofCase], str]) -> str:
    told = [f"{case.id} ({text})" if (text := says(case)) else case.id for case in cases[:SHOWN]]
    rest = len(cases) - SHOWN
    return ", ".join(told) + (f" and {rest} more" if rest > 0 else "")
