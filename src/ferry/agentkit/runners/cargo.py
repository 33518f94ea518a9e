"""Rust: ``cargo test``, by the lines that libtest prints; its JSON is not stable.

https://doc.rust-lang.org/rustc/tests/index.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ferry.agentkit.runners.runner import Canary, content, excerpt, merged
from ferry.domain.proof.outcome import Outcome, Results, Status
from ferry.ports import CommandResult

_SCRIPT = """
report=$1; shift
cargo test --offline --no-fail-fast --color never "$@" >"$report/out" 2>&1; code=$?
tail -c 60000 "$report/out"; exit $code
"""
_TARGET = re.compile(r"^\s+Running (?:unittests )?(\S+\.rs) \(|^\s+Doc-tests (\S+)$")
_TEST = re.compile(r"^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)")
_SAID = re.compile(r"^---- (\S+) stdout ----\n(.*?)(?=^---- \S+ stdout ----\n|^failures:$)", re.MULTILINE | re.DOTALL)
_STATUS = {"ok": Status.PASSED, "FAILED": Status.FAILED, "ignored": Status.SKIPPED}
_UNCOMPILED = re.compile(r"^ *--> (\S+\.rs):\d+:\d+$", re.MULTILINE)


@dataclass(frozen=True)
class Cargo:
    name: str = "cargo test"
    by_exit_code: bool = False

    def owns(self, path: str) -> bool:
        return path.endswith(".rs")

    def command(self, folder: Path, paths: Sequence[str], report: str) -> tuple[str, ...]:
        """A file right in ``tests/`` is a target of its own; for any other the whole crate is run."""
        targets = [PurePosixPath(path).stem for path in paths if PurePosixPath(path).parent.name == "tests"]
        which = [part for name in targets for part in ("--test", name)] if len(targets) == len(paths) else []
        return ("env", "RUST_BACKTRACE=0", "sh", "-c", _SCRIPT, "sh", report, *which)

    def read(self, folder: Path, report: Path, result: CommandResult) -> Results:
        out = content(report / "out")
        found = merged(_lines(out))
        if "could not compile" in out:
            wrong = {path for path in _UNCOMPILED.findall(out) if (folder / path).is_file()}
            found |= {path: Outcome(Status.ERROR, excerpt(out[out.find("error") :])) for path in sorted(wrong)}
        return found

    def canary(self, beside: str, text: str, word: str) -> Canary | None:
        path = PurePosixPath(beside)
        if path.parent.name != "tests":
            return None
        at = str(path.with_name(f"{word}.rs"))
        body = f"#[test]\nfn {word}_a() {{}}\n\n#[test]\nfn {word}_b() {{\n    panic!()\n}}\n"
        return Canary(at, body, f"{at}::{word}_a", f"{at}::{word}_b")


def _lines(out: str) -> Iterator[tuple[str, Outcome]]:
    target = ""
    said = {name: text for name, text in _SAID.findall(out)}
    for line in out.splitlines():
        if begins := _TARGET.match(line):
            target = begins[1] or f"doc-tests of {begins[2]}"
        elif test := _TEST.match(line):
            text = said.get(test[1], "") if test[2] == "FAILED" else ""
            yield f"{target}::{test[1]}", Outcome(_STATUS[test[2]], excerpt(re.sub(r"(?m)^note: .*$", "", text)))
