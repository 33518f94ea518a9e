"""Tests before and after: what is gone, what notices less."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ferry.domain.integrity.change import Asked
from ferry.domain.integrity.facts import Both, Check, Strength, Test
from ferry.domain.integrity.pairing import lost_and_gained, pairs, same_values
from ferry.domain.integrity.report import Report
from ferry.domain.integrity.sorting import Tests, sort_tests

BROAD = frozenset({"", "Exception", "BaseException", "Throwable", "Error", "java.lang.Exception", "RuntimeException"})


def compare(files: Sequence[Both], asked: Asked, added_code: str, report: Report) -> None:
    """added_code: lines that the diff adds to files that are no tests."""
    tests = sort_tests(files)
    elsewhere = Counter(check.text for _, test in tests.new for check in test.checks)
    removed = _removed_names(files)
    for path, test in tests.gone:
        _gone(path, test, tests, removed, report)
    for path, before, after in tests.kept:
        _kept(path, before, after, _Context(asked, added_code, elsewhere, removed, tests.new), report)


@dataclass(frozen=True)
class _Context:
    asked: Asked
    added_code: str
    elsewhere: Counter[str]
    removed: frozenset[str]
    new: tuple[tuple[str, Test], ...]


def _removed_names(files: Sequence[Both]) -> frozenset[str]:
    """Names that code no longer defines anywhere in the diff."""
    before = {name for file in files if not file.is_test for name in file.before.defines}
    after = {name for file in files if not file.is_test for name in file.after.defines}
    return frozenset(before - after)


def _gone(path: str, test: Test, tests: Tests, removed: frozenset[str], report: Report) -> None:
    heirs = [*(one for _, one in tests.new), *(after for _, _, after in tests.kept)]
    checks = [check for check in test.checks if check.strength]
    if checks and all(any(_covers(one, check) for one in heirs) for check in checks):
        return  # split up, or one case among others now
    if test.bare or (not checks and not test.uses):
        return
    if removed & test.uses:
        report.add("test-deleted-with-code", path, test.line, f"{test.name} is gone with {_few(removed & test.uses)}")
        return
    report.add("test-deleted", path, test.line, f"the test {test.name} is gone")


def _covers(test: Test, check: Check) -> bool:
    """The same check, or its values among the cases of a test of the same thing."""
    if any(one.text == check.text for one in test.checks):
        return True
    return bool(check.expected) and bool(check.names & test.uses) and same_values(check, test)


def _kept(path: str, before: Test, after: Test, context: _Context, report: Report) -> None:
    lost, gained = lost_and_gained(before.checks, after.checks)
    _guards(path, before, after, report)
    for old, now in pairs(lost, gained):
        if now is None:
            _missing(path, before, after, old, context, report)
        else:
            _changed(path, old, now, context, report)
    _rows(path, before, after, context, report)


def _missing(path: str, before: Test, after: Test, old: Check, context: _Context, report: Report) -> None:
    if not old.strength or context.elsewhere[old.text] or _covers(after, old):
        return None
    if any(_covers(test, old) for _, test in context.new):
        return None
    if re.search(r"\.value\b|exception|excinfo|\berr", old.text) and any(
        one.raises and one.strength is Strength.EXACT for one in after.checks
    ):
        return None  # what was raised is looked at by the expectation itself
    if old.names & context.removed:
        said = f"{before.name} no longer has `{_cut(old.text)}`, whose subject is gone"
        return report.add("test-deleted-with-code", path, after.line, said)
    return report.add("assertion-removed", path, after.line, f"{before.name} no longer has `{_cut(old.text)}`")


def _changed(path: str, old: Check, now: Check, context: _Context, report: Report) -> None:
    said = f"`{_cut(old.text)}` became `{_cut(now.text)}`"
    if old.raises and now.raises and old.expected != now.expected:
        if old.expected in BROAD:
            return None
        rule = "exception-broadened" if now.expected in BROAD else ""
        return report.add(rule, path, now.line, said) if rule else _expectation(path, now, said, context, report)
    if now.strength < old.strength and not (old.raises and now.strength >= Strength.PARTIAL):
        return report.add("assertion-weakened", path, now.line, said)
    if old.slack is not None and now.slack is not None and now.slack > old.slack:
        return report.add("tolerance-widened", path, now.line, said)
    if old.expected != now.expected and old.expected and now.expected:
        return _expectation(path, now, said, context, report)
    return None


def _expectation(path: str, now: Check, said: str, context: _Context, report: Report) -> None:
    value = now.expected.strip("\"'`")
    if len(value) > 1 and re.search(rf"(?<![\w.]){re.escape(value)}(?![\w])", context.asked.words):
        return
    rule = "expectation-asked" if path in context.asked.tests or _fits(value, context) else "expectation-changed"
    report.add(rule, path, now.line, said)


def _fits(value: str, context: _Context) -> bool:
    """The new value stands in the new code too: a message or constant that was changed on purpose."""
    return len(value) > 3 and value in context.added_code


def _guards(path: str, before: Test, after: Test, report: Report) -> None:
    free = Counter(check.text for check in before.checks if not check.guard)
    still = Counter(check.text for check in after.checks if not check.guard)
    for check in after.checks:
        if check.guard and free[check.text] > still[check.text]:
            said = f"`{_cut(check.text)}` is only made under `{_cut(check.guard)}` now"
            report.add("assertion-guarded", path, check.line, said)


def _rows(path: str, before: Test, after: Test, context: _Context, report: Report) -> None:
    lost = Counter(before.rows) - Counter(after.rows)
    gained = Counter(after.rows) - Counter(before.rows)
    for _, test in context.new:
        lost -= Counter(test.rows)
    if lost.total() > gained.total():
        report.add("assertion-removed", path, after.line, f"{before.name} lost the case `{_cut(next(iter(lost)))}`")
    elif lost:
        old, now = next(iter(lost)), _nearest(next(iter(lost)), gained)
        changed = Check(now, after.line, Strength.EXACT, expected=_difference(old, now))
        _expectation(path, changed, f"the case `{_cut(old)}` became `{_cut(now)}`", context, report)


def _nearest(row: str, rows: Counter[str]) -> str:
    return max(rows, key=lambda one: len(set(one.split()) & set(row.split())))


def _difference(old: str, now: str) -> str:
    return " ".join(word for word in now.split() if word not in old.split())


def _few(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)[:3])


def _cut(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:117]}…"


def weak_tests(files: Sequence[Both], report: Report) -> None:
    """New tests that cannot fail or assert nothing, and kept ones that came to it."""
    tests = sort_tests(files)
    for path, test in tests.new:
        _weak(path, test, report)
    for path, before, after in tests.kept:
        if after.bare and not before.bare:
            _weak(path, after, report)


def _weak(path: str, test: Test, report: Report) -> None:
    checks = [check for check in test.checks if check.strength]
    if test.bare or (test.checks and not checks):
        report.add("test-empty", path, test.line, f"{test.name} cannot fail")
    elif not checks:
        report.add("test-without-assertion", path, test.line, f"{test.name} asserts nothing")
    elif all(check.guard for check in checks):
        report.add("new-test-guarded", path, test.line, f"{test.name} asserts only under `{_cut(checks[0].guard)}`")
