"""Marks that a diff adds: of each kind and spelling, more afterwards than before, wherever they stood."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ferry.domain.gate_rules import RULES
from ferry.domain.integrity.facts import Both, Test
from ferry.domain.integrity.report import Report
from ferry.domain.integrity.sorting import sort_tests

# A mock that is asked whether it was called is no subject.
ASKED = re.compile(r"[cC]alled|\bverify|call_count|call_args|mock_calls|\.mock\.")


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
        looked_at = frozenset(
            name for check in test.checks if check.strength and not ASKED.search(check.text) for name in check.names
        )
        for mark in test.mocks:
            if mark.kind in looked_at and mark.text not in known:
                report.add(
                    "subject-mocked", path, mark.line, f"{test.name} replaces {mark.text}, which it asserts about"
                )


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
            if all(_telling(one) for one in branch.given) and any(
                branch.answer in one and all(given in one for given in branch.given) for one in said
            ):
                message = f"{', '.join(sorted(branch.given))} is answered with {branch.answer}, as a test has it"
                report.add("hard-coded", file.path, branch.line, message)


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
