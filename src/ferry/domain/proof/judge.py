"""From what was measured to a proof. Pure: the same results give the same proof."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from ferry.domain.proof.fault import brought, fault_of
from ferry.domain.proof.introduced import Introduced
from ferry.domain.proof.outcome import MISSING, RED, Outcome, Results, Status, file_of, name_of
from ferry.domain.proof.record import Proof, ProofCase, Role
from ferry.domain.proof.sentence import sentence


@dataclass(frozen=True)
class Measured:
    """base, head: the whole suite on each; before: the head's test files alone, on the sources of the base; again: the
    same runs a second time, as far as there was one. A result whose id is a path alone is of a whole file, which could
    not be run.

    files: new and changed test files; required: those that must each hold a test that proves, at least one of `files`
    if empty; renamed: path before → after; plan: its text, which explains a test that is gone by naming it;
    trouble: why the results are not to be believed, "" when they are.
    """

    base: Results
    before: Results
    head: Results
    before_again: Results = field(default_factory=dict)
    head_again: Results = field(default_factory=dict)
    introduced: Introduced = field(default_factory=Introduced)
    files: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)
    plan: str = ""
    by_exit_code: tuple[str, ...] = ()
    trouble: str = ""


def judge(measured: Measured) -> Proof:
    """Proved when a new or changed test is red without the change for a reason that counts and green with it, none is
    red by a fault of its own, none that passed is lost, and none that is new fails."""
    cases = tuple(_case(id, measured) for id in sorted(_ids(measured)))
    passed = sum(case.head is Status.PASSED for case in cases)
    proof = Proof(cases=cases, by_exit_code=measured.by_exit_code, passed=passed)
    proved, reason = sentence(proof, measured.files, measured.required, measured.trouble)
    return proof.model_copy(update={"proved": proved, "reason": reason})


def _ids(measured: Measured) -> set[str]:
    """A whole file counts as one test where it gave none on the head."""
    whole = {id for id in measured.head if not name_of(id)}
    return {id for id in {*measured.base, *measured.head} if name_of(id)} | whole


def _case(id: str, measured: Measured) -> ProofCase:
    new = file_of(id) in measured.files
    earlier, base, head = _of(id, measured.base), _of(id, measured.base), _of(id, measured.head)
    if new and not (earlier.status is Status.PASSED and id not in measured.before and file_of(id) in measured.before):
        base = _of(id, measured.before)
    role, note = _role(id, measured, earlier, base, head)
    why = base.line if role in (Role.PROVES, Role.UNFIT, Role.FLAKY) else head.line
    return ProofCase(id=id, base=base.status, head=head.status, role=role, why=why, note=note)


def _role(id: str, measured: Measured, earlier: Outcome, base: Outcome, head: Outcome) -> tuple[Role, str]:
    if differs := _flaky(id, measured):
        return Role.FLAKY, differs
    if earlier.status is Status.PASSED and head.status is not Status.PASSED:
        explained = _explained(id, measured) if head.status is Status.MISSING else ""
        return (Role.KEPT, explained) if explained else (Role.LOST, "passed before")
    if head.status in RED and earlier.status not in RED:
        return Role.BROKEN, ""
    if file_of(id) not in measured.files or head.status is not Status.PASSED:
        return Role.KEPT, ""
    if base.status in RED:
        fault = fault_of(base, measured.introduced)
        return (Role.UNFIT, fault) if fault else (Role.PROVES, _names(base))
    return (Role.KEPT, "") if earlier.status is Status.PASSED else (Role.GUARDS, "")


def _names(base: Outcome) -> str:
    names = brought(base) if base.status is Status.ERROR else ()
    return f"the change brings {', '.join(names[:3])}" if names else ""


def _of(id: str, results: Results) -> Outcome:
    return results.get(id) or results.get(file_of(id), MISSING)


def _flaky(id: str, measured: Measured) -> str:
    """Of runs of one tree; a test that is in but one of them says nothing, its file may not have been asked for."""
    for first, again, where in (
        (measured.head, measured.head_again, "with the change"),
        (measured.before, measured.before_again, "without the change"),
    ):
        if id in first and id in again and first[id].status is not again[id].status:
            return f"{first[id].status}, then {again[id].status} {where}"
    return ""


def _explained(id: str, measured: Measured) -> str:
    file, name = file_of(id), name_of(id)
    if file in measured.renamed:
        moved = f"{measured.renamed[file]}::{name}"
        if _of(moved, measured.head).status is Status.PASSED:
            return f"now {moved}"
    plain = re.split(r"::|\.|\[|/", name.partition("[")[0])[-1]
    named = bool(plain) and re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", measured.plan)
    return "the plan names it" if named and _has_heir(file, measured) else ""


def _has_heir(file: str, measured: Measured) -> bool:
    """As many tests pass in its file as before, so that a test that is gone has another in its place."""
    where = {file, measured.renamed.get(file, file)}
    count = Counter(
        (which, file_of(id) in where and result.status is Status.PASSED)
        for which, results in (("base", measured.base), ("head", measured.head))
        for id, result in results.items()
    )
    return count["head", True] >= count["base", True] > 0
