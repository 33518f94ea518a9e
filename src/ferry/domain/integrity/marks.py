"""Marks that a diff adds: of each kind and spelling, more afterwards than before, wherever they stood."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ferry.domain.gate_rules import RULES
from ferry.domain.integrity.facts import Both, Branch, Check, Mark, Test
from ferry.domain.integrity.report import Report
from ferry.domain.integrity.sorting import sort_tests

# A mock that is asked whether it was called is no subject.
ASKED = re.compile(r"[cC]alled|\bverify|call_count|call_args|mock_calls|\.mock\.")

_DOTTED = re.compile(r"\w+(?:\.\w+)+")


def new_marks(files: Sequence[Both], report: Report) -> None:
    before = Counter((mark.kind, mark.text) for file in files for mark in file.before.marks)
    fresh = [(path, test.span) for path, test in sort_tests(files).new]
    for file in files:
        for mark in file.after.marks:
            key = (mark.kind, mark.text)
            if before[key]:
                before[key] -= 1
            elif mark.kind in RULES:
                new = any(path == file.path and span[0] <= mark.line <= span[1] for path, span in fresh)
                rule = "new-test-skipped" if mark.kind == "test-skipped" and (new or file.new) else mark.kind
                report.add(rule, file.path, mark.line, mark.text)


def mocked_subjects(files: Sequence[Both], report: Report) -> None:
    """A new mock whose target is what the test's own assertions look at."""
    tests = sort_tests(files)
    pairs: list[tuple[str, set[str], Test]] = [*((path, set(), now) for path, now in tests.new)]
    pairs += [(path, {mark.text for mark in old.mocks}, now) for path, old, now in tests.kept]
    for path, known, test in pairs:
        checks = [check for check in test.checks if check.strength and not ASKED.search(check.text)]
        for mark in test.mocks:
            if mark.text not in known and any(_looks_at(check, mark) for check in checks):
                report.add(
                    "subject-mocked", path, mark.line, f"{test.name} replaces {mark.text}, which it asserts about"
                )


def _looks_at(check: Check, mark: Mark) -> bool:
    """Who calls what raises may have its name: there the thing that it is replaced in must be named too."""
    if not check.raises or not _DOTTED.fullmatch(mark.text):
        return mark.kind in check.names
    owner = mark.text.split(".")[-2]
    return mark.kind in check.names and owner.casefold() in {name.casefold() for name in check.names}


def hard_coded(files: Sequence[Both], report: Report) -> None:
    """New branches whose given and answer stand together in one assertion of the diff's tests."""
    checks = [check for file in files if file.is_test for test in file.after.tests for check in test.checks]
    rows = [row for file in files if file.is_test for test in file.after.tests for row in test.rows]
    said = [*(check.text for check in checks), *rows]
    for file in files:
        known = {(branch.given, branch.answer) for branch in file.before.branches}
        for branch in file.after.branches:
            if (branch.given, branch.answer) in known or not _telling(branch.answer):
                continue
            if _suspect(branch, said):
                message = f"{', '.join(sorted(branch.given))} is answered with {branch.answer}, as a test has it"
                report.add("hard-coded", file.path, branch.line, message)


def _suspect(branch: Branch, said: Sequence[str]) -> bool:
    """Of a branch for spelt-out inputs alone, one that tells is enough, as each must stand there as it is."""
    told = [_telling(one) for one in branch.given]
    if all(told):
        return any(branch.answer in one and all(given in one for given in branch.given) for one in said)
    words = [re.compile(rf"(?<![\w.]){re.escape(one)}(?!\w|\.\d)") for one in (branch.answer, *branch.given)]
    return branch.single and any(told) and any(all(word.search(one) for word in words) for one in said)


def _telling(literal: str) -> bool:
    return literal.strip("\"'`-") not in (
        "",
        "0",
        "1",
        "2",
        "True",
        "False",
        "None",
        "true",
        "false",
        "null",
        "nil",
        "[]",
        "{}",
        "()",
    )
