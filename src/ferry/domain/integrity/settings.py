"""Configuration that decides what is tested and checked: what a diff takes out of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from ferry.domain.integrity import paths
from ferry.domain.integrity.change import Change
from ferry.domain.integrity.python_settings import check_python, is_raised
from ferry.domain.integrity.reading import decoded
from ferry.domain.integrity.report import Report
from ferry.domain.integrity.scripts import check_makefile, check_scripts

CHECKERS = (
    ".eslintrc*", "eslint.config.*", ".eslintignore", ".prettierrc*", ".prettierignore", "prettier.config.*",
    "biome.json*",
    ".flake8", "ruff.toml", ".ruff.toml", "mypy.ini", ".mypy.ini", "pyrightconfig.json", ".pylintrc", "pylintrc",
    ".bandit",
    ".coveragerc", "codecov.y*ml", ".codecov.y*ml", ".nycrc*", ".c8rc*", ".golangci.*", "clippy.toml",
    ".clippy.toml", "rustfmt.toml",
    "checkstyle*.xml", "pmd*.xml", "spotbugs*.xml", ".editorconfig", ".pre-commit-config.y*ml",
    "sonar-project.properties",
    ".rubocop*.yml", ".stylelintrc*", "tslint.json", "phpstan.neon*", ".yamllint*", ".hadolint.yaml", "deny.toml",
    "lefthook.yml",
    ".husky/*", "*/.husky/*", ".trivyignore", ".snyk", ".semgrepignore", ".gitleaks.toml", ".secrets.baseline",
    ".markdownlint*",
)  # fmt: skip
LINES: Mapping[str, tuple[tuple[str, ...], re.Pattern[str]]] = {
    "test-excluded": (
        (
            "jest.config.*", "vitest.config.*", "vite.config.*", "karma.conf.*", ".mocharc*",
            "playwright.config.*", "cypress.config.*",
            "pom.xml", "*.gradle", "*.gradle.kts", "cargo.toml", "*/.cargo/config.toml", ".cargo/config.toml",
            "noxfile.py", "tox.ini",
            "build.sbt", "phpunit.xml*", ".rspec", "*.csproj", "maven.config", ".mvn/*", "gradle.properties",
            "angular.json", "bunfig.toml",
            "runtests.*", "testng*.xml", "setup.cfg", "surefire*.xml", "nextest.toml", "*/nextest.toml",
        ),
        re.compile(
            r"testPathIgnorePatterns|modulePathIgnorePatterns|passWithNoTests|\btestMatch\b|\btestRegex\b"
            r"|\bexclude\w*\s*[:(=]|\bgrep(?:Invert)?\s*:|testIgnore"
            r"|skipTests?\b|maven\.test\.skip|testFailureIgnore|test\.failure\.ignore|<excludes?>"
            r"|<excludedGroups>|excludeTags|ignoreFailures\s*=?\s*true"
            r"|exclude(?:TestsMatching|Category)?\s*[('\"]|failIfNoTests|\btest\s*=\s*false"
            r"|\bdoctest\s*=\s*false|dangerouslyIgnoreUnhandledErrors"
            r"|bail\s*:|allowOnly|retry\w*\s*[:=]|\brerunFailingTestsCount|enabled\s*=\s*false|onlyIf\s*\{"
            r"|--exclude|default-filter",
        ),
    ),
    "checks-configuration": (
        ("tsconfig*.json",),
        re.compile(r"strict|noImplicit|noUn|skipLibCheck|exclude|checkJs|allowJs|noEmitOnError|noFallthrough"),
    ),
    "coverage-excluded": (
        ("jest.config.*", "vitest.config.*", "vite.config.*", "karma.conf.*", "pom.xml", "*.gradle",
        "*.gradle.kts", "tox.ini", "phpunit.xml*"),
        re.compile(r"coverageThreshold|coveragePathIgnore|\b(?:branches|functions|lines"
        r"|statements)['\"]?\s*:\s*\d|thresholds?\s*:|<minimum>|minimum\s*=|fail_under|haltOnFailure"),
    ),
}  # fmt: skip


WHOLE = (
    (check_python, ("pyproject.toml", "pytest.ini", "tox.ini", "setup.cfg", "pytest.toml")),
    (check_scripts, ("package.json",)),
    (check_makefile, ("makefile", "gnumakefile", "justfile", "taskfile.yml", "*.mk")),
)


def check_settings(changes: Sequence[Change], report: Report) -> None:
    for change in changes:
        if change.before == change.after:
            continue
        name = change.path.rpartition("/")[2].casefold()
        if paths.matches(change.path, CHECKERS):
            _checker(change, report)
        for check, names in WHOLE:
            if paths.matches(name, names):
                check(change, report)
        for rule, (patterns, words) in LINES.items():
            if paths.matches(change.path, patterns):
                _lines(change, rule, words, report)


def _checker(change: Change, report: Report) -> None:
    """Raising a threshold, and nothing else, is no loosening."""
    gone, new = changed_lines(change)
    raised = len(gone) == len(new) and all(
        is_raised(old, now) for old, now in zip(sorted(gone), sorted(new), strict=True)
    )
    if not (gone and raised):
        what = "is gone" if change.after is None else "was changed" if change.before is not None else "is new"
        report.add("checks-configuration", change.path, 0, f"configuration of a checker {what}")


def changed_lines(change: Change) -> tuple[Counter[str], Counter[str]]:
    """Lines that are gone and lines that are new, without their margins."""
    before, after = (
        Counter(line.strip() for line in decoded(side).splitlines() if line.strip())
        for side in (change.before, change.after)
    )
    return before - after, after - before


def _lines(change: Change, rule: str, words: re.Pattern[str], report: Report) -> None:
    gone, new = changed_lines(change)
    hits = [line for line in new if words.search(line) and not re.match(r"(?:#|//|<!--|\*)", line)]
    for line in hits:
        old = [one for one in gone if words.search(one)]
        if not any(is_raised(one, line) for one in old):
            report.add(rule, change.path, _number(change.after, line), f"`{line[:100]}` is new")
    if not hits and rule != "test-excluded" and any(words.search(line) for line in gone):
        lost = next(line for line in gone if words.search(line))
        report.add(rule, change.path, 0, f"`{lost[:100]}` is gone")


def _number(data: bytes | None, line: str) -> int:
    return next((n for n, one in enumerate(decoded(data).splitlines(), 1) if one.strip() == line), 0)
