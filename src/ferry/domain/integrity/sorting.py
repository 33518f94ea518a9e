"""Which tests of a diff are kept, gone and new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ferry.domain.integrity.facts import Both, Test


@dataclass(frozen=True)
class Tests:
    """All tests of a diff: those of one file that are there before and after, those gone, those new."""

    kept: tuple[tuple[str, Test, Test], ...]
    gone: tuple[tuple[str, Test], ...]
    new: tuple[tuple[str, Test], ...]


def sort_tests(files: Sequence[Both]) -> Tests:
    """A test that moved to another file, class or suite is kept; one that was renamed is, when its checks are."""
    kept: list[tuple[str, Test, Test]] = []
    gone: list[tuple[str, Test]] = []
    new: list[tuple[str, Test]] = []
    for file in files:
        before, after = _named(file.before.tests), _named(file.after.tests)
        kept += [(file.path, before[name], after[name]) for name in before if name in after]
        gone += [(file.path, before[name]) for name in before if name not in after]
        new += [(file.path, after[name]) for name in after if name not in before]
    for path, test in list(gone):
        if heir := _heir(path, test, new):
            kept.append((heir[0], test, heir[1]))
            gone.remove((path, test))
            new.remove(heir)
    return Tests(tuple(kept), tuple(gone), tuple(new))


def _named(tests: Sequence[Test]) -> dict[str, Test]:
    """Tests of one name are told apart by their order."""
    seen: Counter[str] = Counter()
    found = {}
    for test in tests:
        seen[test.name] += 1
        found[test.name if seen[test.name] == 1 else f"{test.name} #{seen[test.name]}"] = test
    return found


def _heir(path: str, test: Test, new: Sequence[tuple[str, Test]]) -> tuple[str, Test] | None:
    """Which new test is this one under another name or in another place."""
    named = [one for one in new if one[1].short == test.short]
    if named:
        return next((one for one in named if one[0] == path), named[0])
    mine = {check.text for check in test.checks if check.strength}
    alike = [one for one in new if mine and len(mine & {c.text for c in one[1].checks}) * 2 > len(mine)]
    return next(iter(alike), None)
