"""Java: maven's surefire and gradle, by the reports that both leave as JUnit XML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ferry.agentkit.runners.junit import Case, read_cases
from ferry.agentkit.runners.runner import Canary, Unreadable, content, excerpt, merged
from ferry.domain.proof.outcome import Outcome, Results, Status
from ferry.ports import CommandResult

SUFFIXES = (".java", ".kt", ".groovy", ".scala")
_UNCOMPILED = re.compile(r"^(?:\[ERROR\] |e: (?:file://)?)?(/\S+?\.(?:java|kt|groovy|scala)):", re.MULTILINE)


@dataclass(frozen=True)
class _Jvm:
    name: str
    reports: str
    by_exit_code: bool = False

    def owns(self, path: str) -> bool:
        return path.endswith(SUFFIXES)

    def read(self, folder: Path, report: Path, result: CommandResult) -> Results:
        """Reports of an earlier run cannot be there: what is worked on is a copy of what is committed, and a report
        that is committed is older than the command."""
        begun = report.stat().st_mtime
        files = [file for file in folder.glob(self.reports) if file.lstat().st_mtime >= begun]
        found = merged(_pairs(files, folder))
        found |= {path: Outcome(Status.ERROR, text) for path, text in _uncompiled(result.output, folder)}
        if not found and result.exit_code:
            last = next(iter(re.findall(r"\[ERROR\] (.+)", result.output)), "")
            raise Unreadable(f"it wrote no report; {last or 'it said nothing'}")
        return found

    def canary(self, beside: str, text: str, word: str) -> Canary | None:
        if not beside.endswith(".java"):
            return None
        package = re.search(r"^package [\w.]+;", text, re.MULTILINE)
        test = "org.junit.jupiter.api.Test" if "org.junit.jupiter" in text else "org.junit.Test"
        name, path = f"{word.capitalize()}Test", PurePosixPath(beside)
        at = str(path.with_name(f"{name}.java"))
        body = (
            f"{package[0] if package else ''}\n\npublic class {name} {{\n"
            f"    @{test} public void a() {{ }}\n\n    @{test} public void b() {{ throw new AssertionError(); }}\n}}\n"
        )
        return Canary(at, body, f"{at}::a", f"{at}::b")


class Maven(_Jvm):
    def __init__(self) -> None:
        super().__init__("maven surefire", "**/target/surefire-reports/TEST-*.xml")

    def command(self, folder: Path, paths: Sequence[str], report: str) -> tuple[str, ...]:
        which = [f"-Dtest={','.join(sorted({PurePosixPath(path).stem for path in paths}))}"] if paths else []
        return ("mvn", "-o", "-B", "-fae", *which, "-Dsurefire.failIfNoSpecifiedTests=false", "test")


class Gradle(_Jvm):
    def __init__(self) -> None:
        super().__init__("gradle", "**/build/test-results/*/TEST-*.xml")

    def command(self, folder: Path, paths: Sequence[str], report: str) -> tuple[str, ...]:
        which = [part for path in paths for part in ("--tests", f"*{PurePosixPath(path).stem}")]
        own = ("sh", "gradlew") if (folder / "gradlew").is_file() else ("gradle",)
        return (*own, "--offline", "--continue", "--no-daemon", "--no-build-cache", "test", *which)


def _pairs(files: Sequence[Path], folder: Path) -> Iterator[tuple[str, Outcome]]:
    sources: dict[str, str] = {}
    for file in sorted(files):
        for case in read_cases(content(file)):
            yield _id(case, folder, sources), case.outcome


def _id(case: Case, folder: Path, sources: dict[str, str]) -> str:
    """Nested classes lie in the file of the outermost one."""
    outer, *nested = case.classname.split("$")
    if outer not in sources:
        tail = outer.replace(".", "/")
        found = (path for suffix in SUFFIXES for path in sorted(folder.glob(f"**/src/*est*/**/{tail}{suffix}")))
        sources[outer] = next((path.relative_to(folder).as_posix() for path in found), outer)
    return f"{sources[outer]}::{'.'.join([*nested, case.name.removesuffix('()')])}"


def _uncompiled(output: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Test files that could not be compiled, each with all that the compiler said."""
    for printed in sorted(set(_UNCOMPILED.findall(output))):
        parts = printed.split("/")
        tails = ("/".join(parts[start:]) for start in range(1, len(parts)))
        path = next((tail for tail in tails if (folder / tail).is_file()), "")
        if "/test" in f"/{path}":
            at = output.find(printed)
            yield path, excerpt(output[max(0, at - 200) :])
