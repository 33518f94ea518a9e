"""What names and comments mean in every language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ferry.domain.integrity.facts import Mark

HELPER = re.compile(r"assert|check|verif|expect|should|compare|ensure|validate|must|same|match|equal", re.IGNORECASE)

SILENCED = re.compile(
    r"#\s*noqa\s*(?!\s*:)(?=\s*(?:#|$|\s))|#\s*type:\s*ignore(?!\[)|#\s*(?:ruff|flake8):\s*noqa"
    r"|#\s*mypy:\s*(?:ignore-errors|disable)"
    r"|#\s*pylint:\s*skip-file|#\s*pyright:\s*(?:ignore(?!\[)|basic|strict=false)|#\s*fmt:\s*off|#\s*nosec\s*$"
    r"|/[/*]\s*eslint-disable(?!-)|/[/*]\s*@ts-(?:nocheck|ignore)|/[/*]\s*tslint:disable|//\s*nolint(?!:)|//\s*NOSONAR"
    r"|//\s*CHECKSTYLE[:.]OFF|/[/*]\s*biome-ignore-all|#\s*rubocop:disable\s+all",
    re.IGNORECASE,
)
SUPPRESSED = re.compile(
    r"#\s*noqa\b|#\s*type:\s*ignore|#\s*pylint:\s*disable|#\s*pyright:|#\s*nosec|/[/*]\s*eslint-disable-"
    r"|/[/*]\s*@ts-expect-error"
    r"|//\s*nolint:|//\s*#nosec|/[/*]\s*prettier-ignore|/[/*]\s*biome-ignore|#\s*rubocop:disable"
    r"|//\s*noinspection|#\s*shellcheck\s+disable",
    re.IGNORECASE,
)
UNCOVERED = re.compile(
    r"pragma:\s*no\s*(?:cover|branch)|istanbul\s+ignore|c8\s+ignore|v8\s+ignore|LCOV_EXCL|GCOVR_EXCL|:nocov:"
    r"|coverage:ignore",
    re.IGNORECASE,
)
TEST_NAMES = re.compile(
    r"^(?:PYTEST_\w+|PYTEST|CI|TESTING|UNIT_TEST\w*|IS_TEST|IN_TEST|RUNNING_TESTS?|TEST_MODE|GITHUB_ACTIONS"
    r"|TRAVIS|GITLAB_CI|CIRCLECI|JENKINS_URL"
    r"|BUILDKITE|JEST_WORKER_ID|VITEST\w*|MOCHA\w*|NODE_TEST_CONTEXT|UNDER_TEST|BAZEL_TEST)$"
)


def comment_marks(comments: Iterable[tuple[int, str]]) -> Iterator[Mark]:
    """comments: line and text of each."""
    for line, text in comments:
        one = " ".join(text.split())[:200]
        if SILENCED.search(one):
            yield Mark("checks-silenced", f"silenced {_what(one)}", line)
        elif SUPPRESSED.search(one):
            yield Mark("suppression-added", f"suppressed {_what(one)}", line)
        if UNCOVERED.search(one):
            yield Mark("coverage-excluded", "excluded from coverage", line)


def _what(text: str) -> str:
    found = SILENCED.search(text) or SUPPRESSED.search(text)
    return text[found.start() :][:80] if found else text[:80]
