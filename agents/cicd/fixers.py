"""From the command with which CI checks to the command with which the same tool mends, at the same configuration."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from agents.cicd.commands import Command
from ferry.domain.ci import CiCause

_FORMAT = frozenset({CiCause.FORMAT})
_LINT = frozenset({CiCause.LINT, CiCause.IMPORT})
_SORT = frozenset({CiCause.FORMAT, CiCause.IMPORT, CiCause.LINT})
_TYPES = frozenset({CiCause.TYPES})
_LOCK = frozenset({CiCause.DEPENDENCY})


@dataclass(frozen=True)
class Fixer:
    """check: how the command begins; mends: causes; drop: words that make it only check, adds: words that make it
    change; as_: the whole mending command, where it is another one."""

    check: Command
    mends: Collection[CiCause]
    drop: frozenset[str] = frozenset()
    adds: Command = ()
    as_: Command = ()

    def fix(self, command: Command) -> Command:
        if self.as_:
            return self.as_
        kept = [word for word in command if word.partition("=")[0] not in self.drop]
        place = len(self.check)
        return (*kept[:place], *self.adds, *kept[place:])


def _drop(*words: str) -> frozenset[str]:
    return frozenset(words)


# The tools' own manuals; the first row that fits counts.
FIXERS = (
    Fixer(("ruff", "format"), _FORMAT, _drop("--check", "--diff")),
    Fixer(("ruff", "check"), _LINT, _drop("--no-fix", "--diff", "--output-format", "--exit-zero"), ("--fix",)),
    Fixer(("black",), _FORMAT, _drop("--check", "--diff")),
    Fixer(("isort",), _SORT, _drop("--check", "--check-only", "-c", "--diff")),
    Fixer(("yapf",), _FORMAT, _drop("--diff", "-d"), ("-i",)),
    Fixer(("autoflake",), _LINT, _drop("--check", "-c"), ("--in-place",)),
    Fixer(("pyupgrade",), _LINT),
    Fixer(("prettier",), _FORMAT, _drop("--check", "-c", "--list-different", "-l", "--write"), ("--write",)),
    Fixer(("eslint",), _LINT, _drop("--fix"), ("--fix",)),
    Fixer(("stylelint",), _LINT, _drop("--fix"), ("--fix",)),
    Fixer(("biome", "format"), _FORMAT, _drop("--write"), ("--write",)),
    Fixer(("biome", "check"), _SORT, _drop("--write"), ("--write",)),
    Fixer(("@biomejs/biome", "format"), _FORMAT, _drop("--write"), ("--write",)),
    Fixer(("dprint", "check"), _FORMAT, as_=("dprint", "fmt")),
    Fixer(("gofmt",), _FORMAT, as_=("gofmt", "-w", ".")),
    Fixer(("goimports",), _SORT, as_=("goimports", "-w", ".")),
    Fixer(("golangci-lint", "run"), _LINT, _drop("--fix"), ("--fix",)),
    Fixer(("cargo", "fmt"), _FORMAT, _drop("--check", "--")),
    Fixer(("cargo", "clippy"), _LINT, as_=("cargo", "clippy", "--fix", "--allow-dirty", "--allow-no-vcs", "--offline")),
    Fixer(("dart", "format"), _FORMAT, _drop("--output", "-o", "--set-exit-if-changed")),
    Fixer(("terraform", "fmt"), _FORMAT, _drop("-check", "-diff")),
    Fixer(("rubocop",), _LINT, _drop("--parallel", "-P"), ("-a",)),
    Fixer(("ktlint",), _SORT, adds=("-F",)),
    Fixer(("mvn", "spotless:check"), _FORMAT, as_=("mvn", "-o", "-B", "-q", "spotless:apply")),
    Fixer(("./gradlew", "spotlessCheck"), _FORMAT, as_=("./gradlew", "--offline", "spotlessApply")),
    Fixer(("mypy",), _TYPES, as_=("mypy", "--install-types", "--non-interactive")),
    Fixer(("npm", "ci"), _LOCK, as_=("npm", "install", "--package-lock-only", "--ignore-scripts", "--offline")),
    Fixer(("pnpm", "install"), _LOCK, as_=("pnpm", "install", "--lockfile-only", "--offline")),
    Fixer(("poetry", "install"), _LOCK, as_=("poetry", "lock")),
    Fixer(("uv", "sync"), _LOCK, as_=("uv", "lock", "--offline")),
    Fixer(("go", "build"), _LOCK, as_=("go", "mod", "tidy")),
    Fixer(("go", "test"), _LOCK, as_=("go", "mod", "tidy")),
)


def fixer_of(command: Command) -> Fixer | None:
    """None for a command that only a person, or a model, can act upon."""
    return next((fixer for fixer in FIXERS if command[: len(fixer.check)] == fixer.check), None)
