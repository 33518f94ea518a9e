"""Languages without a reader: conservative rules over lines. They see words, not meaning."""

from __future__ import annotations

import re

from ferry.domain.integrity import paths
from ferry.domain.integrity.facts import Check, Facts, Mark, Strength, Test
from ferry.domain.integrity.readers.words import comment_marks

_CHECK = re.compile(
    r"\b(?:assert\w*|expect\w*|should\w*|XCTAssert\w*|REQUIRE\w*|CHECK\w*|EXPECT_\w+|ASSERT_\w+|verify\w*"
    r"|refute\w*|must_\w+)\b",
    re.IGNORECASE,
)
_SKIP = re.compile(
    r"^\s*(?:skip\b|pending\b|x(?:it|describe|context|specify)\b|it\.skip|@Ignore\b|@Disabled\b|\[Ignore|\[Skip"
    r"|ignore\s*\()"
    r"|markTestSkipped|markTestIncomplete|XCTSkip|GTEST_SKIP|DISABLED_\w|\bSkip\s*=\s*\"|Assert\.(?:Ignore"
    r"|Inconclusive)|@tag\s+:skip|bats_skip"
    r"|\bskip:\s*true|,\s*:skip\b"
)
_FOCUS = re.compile(r"^\s*(?:f(?:it|describe|context|specify)\b|it\.only|describe\.only)|,\s*:?focus\b|focus:\s*true")
_SWALLOW = re.compile(
    r"\|\|\s*(?:true|:|exit\s+0|echo\b.*)\s*(?:$|[;&|#)'\"])|^\s*set\s+\+e\b|;\s*(?:true|exit\s+0)\s*$"
)
_EXIT = re.compile(r"^\s*(?:exit!?\s*\(?0\)?|exit!|System\.exit\(0\)|Environment\.Exit\(0\)|abort\b)\s*;?\s*$")
_AWARE = re.compile(
    r"Rails\.env\.test\?|ENV\[['\"](?:CI|RAILS_ENV|RACK_ENV|TEST)['\"]\]|getenv\(['\"](?:CI|TESTING"
    r"|PHPUNIT\w*)['\"]\)|runningTests|PHPUNIT_COMPOSER_INSTALL|XCTestConfigurationFilePath"
)
_COMMENT = re.compile(r"(?:#|//|/\*|--).*")
_VOID = re.compile(r"assert\w*\s*\(?\s*(?:true|1|1\s*==\s*1)\s*\)?\s*;?\s*$|expect\(true\)\.to\b.*true", re.IGNORECASE)


def read(path: str, text: str) -> Facts:
    """All assertions of a file stand in one test, since nothing says where a test ends."""
    is_test = paths.is_test(path)
    lines = text.splitlines()
    marks: list[Mark] = []
    for number, line in enumerate(lines, 1):
        said = " ".join(line.split())[:200]
        if is_test and _SKIP.search(line):
            marks.append(Mark("test-skipped", said, number))
        if is_test and _FOCUS.search(line):
            marks.append(Mark("test-focused", said, number))
        if is_test and _EXIT.match(line):
            marks.append(Mark("early-exit", said, number))
        if not is_test and _AWARE.search(line):
            marks.append(Mark("test-aware-code", said, number))
        if path.endswith((".sh", ".bash")) and _SWALLOW.search(line):
            marks.append(Mark("failure-swallowed", said, number))
    found = ((number, match[0]) for number, line in enumerate(lines, 1) if (match := _COMMENT.search(line)))
    marks += comment_marks(found)
    test = _test(lines)
    tests = (test,) if is_test and test.checks else ()
    return Facts(tests, tuple(marks))


def _test(lines: list[str]) -> Test:
    checks = tuple(
        Check(" ".join(line.split()), number, Strength.NOTHING if _VOID.search(line) else Strength.EXACT)
        for number, line in enumerate(lines, 1)
        if _CHECK.search(line) and not line.lstrip().startswith(("#", "//", "*", "import", "using", "require"))
    )
    return Test("(all)", 1, checks, uses=frozenset({"?"}), text=" ".join(lines))
