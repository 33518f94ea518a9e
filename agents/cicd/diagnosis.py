"""Why CI of one commit is red: what ran there before, what its base says, and what the logs say, in this order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from agents.cicd.logs import failing_steps
from ferry.domain.ci import PASSES, CheckRun, CiCause
from ferry.domain.ci_cause import classify, of_conclusions
from ferry.domain.errors import NotFound
from ferry.ports import Forge

_NUMBER = re.compile(r"\d+")
# Lines that name one failure: a test, or a place in a file with what is wrong there.
_FINDING = re.compile(
    r"^(?:FAILED|ERROR) \S+|^--- FAIL: \S+|^FAIL: \S+|^\s*[✖✕×] .+|^test .+ \.\.\. FAILED$|^Would reformat: \S+"
    r"|^(?:##\[error\]|\[ERROR\] )?\S+[:(]\d+[:,]\d+.*$|^\[warn\] \S+$|^would reformat \S+",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Diagnosis:
    """log: of all failing steps, untrusted; why: one sentence."""

    cause: CiCause
    log: str
    why: str


@dataclass(frozen=True)
class Doctor:
    """bases: commits that the branch came from or will be merged into."""

    forge: Forge
    repo: str
    bases: Collection[str]

    def diagnose(self, head: str, red: tuple[CheckRun, ...]) -> Diagnosis:
        names, log = {check.name for check in red}, self._logs(red)
        shown = ", ".join(sorted(names))
        if names <= _passed(self.forge.check_runs(self.repo, head, every=True)):
            return Diagnosis(CiCause.FLAKY, log, f"{shown}: the same commit has passed before")
        said = of_conclusions(red) or classify(log)
        if said is CiCause.INFRASTRUCTURE:
            return Diagnosis(said, log, f"{shown}: it is not the change that failed, but what CI runs on")
        for base in self.bases:
            if cause := self._as_on(base, names, log):
                word = "fails there every time" if cause is CiCause.BASE_BROKEN else "fails there only sometimes"
                return Diagnosis(cause, log, f"{shown} is red on the base too ({base[:7]}) and {word}")
        return Diagnosis(said, log, _WHY.get(said, "").format(shown=shown))

    def _as_on(self, base: str, names: set[str], log: str) -> CiCause | None:
        """What the base fails at too is not this branch's doing, unless the branch fails at more."""
        try:
            every = self.forge.check_runs(self.repo, base, every=True)
            red = tuple(check for check in self.forge.check_runs(self.repo, base) if check.red and check.name in names)
        except NotFound:
            return None
        fails = {check.name for check in every if check.red}
        if not names <= fails:
            return None
        if names <= _passed(every):
            return CiCause.FLAKY
        there = self._logs(red)
        if (of_conclusions(red) or classify(there)) is CiCause.INFRASTRUCTURE:
            return None  # the base was never judged
        known = findings(there)
        return CiCause.BASE_BROKEN if not known or findings(log) <= known else None

    def _logs(self, red: Iterable[CheckRun]) -> str:
        return "\n\n".join(f"### job {check.name}\n{failing_steps(self._log(check))}" for check in red)

    def _log(self, check: CheckRun) -> str:
        try:
            return self.forge.job_log(self.repo, check.id)
        except NotFound:
            return f"(no log; the check ended with {check.conclusion})"


_WHY = {
    CiCause.CONFIGURATION: "{shown}: the workflow did not start; a person must allow it or mend its file",
    CiCause.TIMEOUT: "{shown}: it did not end in the time it has",
}


def findings(log: str) -> frozenset[str]:
    """Each failure that is named, without the numbers in it: lines move."""
    return frozenset(_NUMBER.sub("0", found[0].strip()) for found in _FINDING.finditer(log))


def _passed(checks: Iterable[CheckRun]) -> set[str]:
    return {check.name for check in checks if check.conclusion in PASSES}
