"""Go: ``go test -json``. https://pkg.go.dev/cmd/test2json"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from ferry.agentkit.runners.runner import Canary, content, excerpt, merged, walk
from ferry.domain.proof.outcome import Outcome, Results, Status
from ferry.ports import CommandResult

_SCRIPT = """
report=$1; shift
go test -json "$@" >"$report/out" 2>"$report/err"; code=$?
tail -c 30000 "$report/err"; exit $code
"""
_ENDS = {"pass": Status.PASSED, "fail": Status.FAILED, "skip": Status.SKIPPED}
_FUNCTION = re.compile(r"^func ((?:Test|Fuzz|Example)\w*)\(", re.MULTILINE)
_UNBUILT = re.compile(r"^FAIL\t(\S+) \[(?:build|setup) failed\]", re.MULTILINE)
_NOISE = re.compile(r"^\s*(=== |--- |FAIL$|PASS$|exit status )")


@dataclass(frozen=True)
class Go:
    name: str = "go test"
    by_exit_code: bool = False

    def owns(self, path: str) -> bool:
        return path.endswith("_test.go")

    def command(self, folder: Path, paths: Sequence[str], report: str) -> tuple[str, ...]:
        packages = sorted({f"./{PurePosixPath(path).parent}" for path in paths}) or ["./..."]
        offline = ("env", "GOPROXY=off", "GOTOOLCHAIN=local")
        return (*offline, "sh", "-c", _SCRIPT, "sh", report, *packages)

    def read(self, folder: Path, report: Path, result: CommandResult) -> Results:
        out, err = content(report / "out"), content(report / "err")
        return merged(_Run(folder, err).results(out))

    def canary(self, beside: str, text: str, word: str) -> Canary | None:
        package = re.search(r"^package \w+", text, re.MULTILINE)
        if not package:
            return None
        path, name = str(PurePosixPath(beside).with_name(f"{word}_test.go")), f"Test{word.capitalize()}"
        body = (
            f'{package[0]}\n\nimport "testing"\n\nfunc {name}A(t *testing.T) {{}}\n\n'
            f"func {name}B(t *testing.T) {{ t.Fatal() }}\n"
        )
        return Canary(path, body, f"{path}::{name}A", f"{path}::{name}B")


@dataclass
class _Run:
    folder: Path
    err: str
    printed: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    ends: dict[tuple[str, str], Status] = field(default_factory=dict)
    begun: list[tuple[str, str]] = field(default_factory=list)
    unbuilt: set[str] = field(default_factory=set)

    def results(self, out: str) -> Iterator[tuple[str, Outcome]]:
        for line in out.splitlines():
            self._take(line)
        files = _functions(self.folder)
        module = _module(self.folder)
        for package, test in self.begun:
            where = _within(package, module)
            # What never came to an end was ended with the process, by a panic or an exit of its own.
            status = self.ends.get((package, test), Status.ERROR)
            yield f"{files.get((where, test.split('/')[0]), where)}::{test}", Outcome(status, self._text(package, test))
        for package in self._broken():
            for path in sorted({path for (where, _), path in files.items() if where == _within(package, module)}):
                yield path, Outcome(Status.ERROR, excerpt(self._text(package, "") + "\n" + self.err))

    def _take(self, line: str) -> None:
        try:
            event: Mapping[str, Any] = json.loads(line)
            action, key = event["Action"], (str(event.get("Package", "")), str(event.get("Test", "")))
        except (ValueError, TypeError, KeyError, RecursionError):
            self.unbuilt |= set(_UNBUILT.findall(line))
            return
        if action == "run":
            self.begun.append(key)
        elif action == "output" and len(self.printed[key]) < 400:
            self.printed[key].append(str(event.get("Output", ""))[:2000])
        elif action == "build-output":
            self.err += str(event.get("Output", ""))[:2000]
        elif action in _ENDS:
            self.ends[key] = _ENDS[action]

    def _text(self, package: str, test: str) -> str:
        lines = self.printed[package, test]
        return excerpt("".join(line for line in lines if not _NOISE.match(line)))

    def _broken(self) -> set[str]:
        """Packages that failed without a test of theirs that did."""
        failed = {package for (package, test), end in self.ends.items() if not test and end is Status.FAILED}
        told = {package for package, test in self.begun if self.ends.get((package, test)) is not Status.PASSED}
        return (failed | self.unbuilt) - told


def _module(folder: Path) -> str:
    found = re.search(r"^module\s+\"?([^\s\"]+)", content(folder / "go.mod"), re.MULTILINE)
    return found[1] if found else ""


def _within(package: str, module: str) -> str:
    """Folder of a package, "" for the top."""
    return package.split(" ")[0].removesuffix(".test").removeprefix(module).strip("/")


def _functions(folder: Path) -> dict[tuple[str, str], str]:
    """File by package folder and name of the test."""
    found: dict[tuple[str, str], str] = {}
    for path in walk(folder, ("_test.go",)):
        where = str(PurePosixPath(path).parent)
        names = _FUNCTION.findall((folder / path).read_text("utf-8", errors="replace"))
        found |= {("" if where == "." else where, name): path for name in names or [""]}
    return found
