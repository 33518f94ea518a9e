"""JavaScript and TypeScript: jest, vitest, and node's own runner."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ferry.agentkit.runners.junit import Case, read_cases
from ferry.agentkit.runners.runner import Canary, Unreadable, content, excerpt, inside, merged, walk
from ferry.domain.proof.outcome import Outcome, Results, Status
from ferry.domain.proof.paths import is_test
from ferry.ports import CommandResult

SUFFIXES = (".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx")
_JEST = {"passed": Status.PASSED, "failed": Status.FAILED}
# Each file in a process of its own, as `node --test` does; but its results are then known to be its, which node's JUnit
# does not say, and what it printed before it could be loaded is kept.
_EACH = """
report=$1; flags=$2; shift 2; worst=0; number=0
for file do
  number=$((number + 1))
  to=--test-reporter-destination="$report/$number.xml"
  node $flags --test-reporter=junit "$to" "./$file" >"$report/$number.txt" 2>&1
  code=$?; echo "$code $file" >>"$report/files"; [ $code = 0 ] || worst=1
  tail -c 20000 "$report/$number.txt"; [ ! -s "$report/$number.xml" ] || tail -c 20000 "$report/$number.xml"
done
exit $worst
"""


class _JavaScript:
    def owns(self, path: str) -> bool:
        return path.endswith(SUFFIXES)


@dataclass(frozen=True)
class Jest(_JavaScript):
    name: str = "jest"
    by_exit_code: bool = False

    def command(self, folder: Path, paths: Sequence[str], report: str) -> tuple[str, ...]:
        which = ("--runTestsByPath", *paths) if paths else ()
        options = ("--ci", "--coverage=false", "--json", f"--outputFile={report}/jest.json")
        return ("node", installed(folder, "jest/bin/jest.js"), *options, *which)

    def read(self, folder: Path, report: Path, result: CommandResult) -> Results:
        try:
            files = json.loads(content(report / "jest.json"))["testResults"]
            return merged(pair for file in files for pair in _jest_file(file, folder))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise Unreadable(f"its report cannot be read ({type(error).__name__})") from error

    def canary(self, beside: str, text: str, word: str) -> Canary | None:
        bring = "import { test } from '@jest/globals';\n" if "@jest/globals" in text else ""
        return _canary(beside, word, bring)


@dataclass(frozen=True)
class Vitest(_JavaScript):
    name: str = "vitest"
    by_exit_code: bool = False

    def command(self, folder: Path, paths: Sequence[str], report: str) -> tuple[str, ...]:
        reporters = ("--reporter=default", "--reporter=junit", f"--outputFile.junit={report}/junit.xml")
        return ("node", installed(folder, "vitest/vitest.mjs"), "run", "--coverage.enabled=false", *reporters, *paths)

    def read(self, folder: Path, report: Path, result: CommandResult) -> Results:
        cases = read_cases(content(report / "junit.xml"))
        return merged(_vitest(case, inside(case.classname, folder)) for case in cases)

    def canary(self, beside: str, text: str, word: str) -> Canary | None:
        return _canary(beside, word, "import { test } from 'vitest';\n")


@dataclass(frozen=True)
class Node(_JavaScript):
    """flags: of node itself, e.g. a loader for TypeScript; patterns: which files, node's own rule if none."""

    flags: str = ""
    patterns: tuple[str, ...] = ()
    name: str = "node --test"
    by_exit_code: bool = False

    def command(self, folder: Path, paths: Sequence[str], report: str) -> tuple[str, ...]:
        return ("sh", "-c", _EACH, "sh", report, self.flags, *(paths or self._all(folder)))

    def _all(self, folder: Path) -> list[str]:
        if self.patterns:
            found = (path for pattern in self.patterns for path in folder.glob(pattern.removeprefix("./")))
            return sorted({path.relative_to(folder).as_posix() for path in found if path.is_file()})
        suffixes = SUFFIXES if self.flags else (".js", ".cjs", ".mjs")
        return [path for path in walk(folder, suffixes) if is_test(path)]

    def read(self, folder: Path, report: Path, result: CommandResult) -> Results:
        try:
            lines = content(report / "files").splitlines()
        except Unreadable:
            lines = []
        files = (line.split(" ", 1) for line in lines)
        return merged(
            pair for number, (code, path) in enumerate(files, 1) for pair in _node_file(report, number, code, path)
        )

    def canary(self, beside: str, text: str, word: str) -> Canary | None:
        modern = re.search(r"^\s*import\b", text, re.MULTILINE)
        bring = "import test from 'node:test';\n" if modern else "const test = require('node:test');\n"
        return _canary(beside, word, bring)


def installed(folder: Path, file: str) -> str:
    """Relative to `folder`: of its own modules or, as node looks them up, of those of a folder above."""
    above = [".", "..", "../..", "../../.."]
    found = (f"{up}/node_modules/{file}" for up in above if (folder / up / "node_modules" / file).is_file())
    return os.path.normpath(next(found, f"node_modules/{file}"))


def node_of(script: str) -> Node:
    """script: of package.json, e.g. ``node --import tsx --test test/*.test.ts``."""
    try:
        words = shlex.split(script)
    except ValueError:
        return Node()
    flags, patterns = [], []
    for before, word in zip(["", *words], words, strict=False):
        if before in ("--import", "--require", "-r", "--loader", "--conditions", "-C"):
            flags += [before, word]
        elif re.match(r"--(import|require|loader|experimental-[\w-]+|conditions|no-warnings|enable-[\w-]+)(=|$)", word):
            flags += [word] if "=" in word or "experimental" in word or "no-" in word or "enable" in word else []
        elif word.endswith(SUFFIXES):
            patterns.append(word)
    safe = [flag for flag in flags if re.fullmatch(r"[\w./@=:-]+", flag)]
    return Node(" ".join(safe), tuple(patterns))


def _canary(beside: str, word: str, bring: str) -> Canary:
    path = PurePosixPath(beside)
    kind = re.search(r"([._-](?:test|spec))?(\.\w+)$", path.name)
    name = f"{word}{kind[1] or ''}{kind[2]}" if kind else f"{word}{path.suffix}"
    at = str(path.with_name(f"test-{name}" if path.name.startswith("test-") else name))
    body = f"{bring}test('{word} a', () => {{}});\ntest('{word} b', () => {{ throw new Error('{word}'); }});\n"
    return Canary(at, body, f"{at}::{word} a", f"{at}::{word} b")


def _jest_file(file: dict[str, Any], folder: Path) -> Iterator[tuple[str, Outcome]]:
    path = inside(str(file["name"]), folder)
    if not file["assertionResults"] and file["status"] == "failed":
        yield path, Outcome(Status.ERROR, excerpt(str(file["message"])))
    for test in file["assertionResults"]:
        status = _JEST.get(str(test["status"]), Status.SKIPPED)
        name = " > ".join([*test["ancestorTitles"], test["title"]])
        yield f"{path}::{name}", Outcome(status, excerpt("\n".join(map(str, test["failureMessages"]))))


def _vitest(case: Case, path: str) -> tuple[str, Outcome]:
    """A file that could not be loaded is one failed test under the file's own name."""
    if case.name == case.classname and case.status is Status.FAILED:
        return path, Outcome(Status.ERROR, excerpt(case.text))
    return f"{path}::{case.name}", case.outcome


def _node_file(report: Path, number: int, code: str, path: str) -> Iterator[tuple[str, Outcome]]:
    """A file that ended well without a word about its tests has none, or has ended before they ran."""
    try:
        cases = read_cases(content(report / f"{number}.xml"))
    except Unreadable:
        cases = []
    for case in cases:
        yield f"{path}::{' > '.join([*case.suites, case.name])}", case.outcome
    if code != "0" and not any(case.status in (Status.FAILED, Status.ERROR) for case in cases):
        yield path, Outcome(Status.ERROR, excerpt(content(report / f"{number}.txt")))
