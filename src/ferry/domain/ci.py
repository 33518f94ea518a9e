"""CI of one commit: what ran, what had to run, and what it means."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from ferry.domain.asked import ThreadAnswer
from ferry.domain.document import Document

PASSES = frozenset({"success"})
HARMLESS = frozenset({"skipped", "neutral"})
OWN = "ferry/"
"""How the names of the checks begin that Ferry reports itself; no wait is for them, and none of them is a pass."""

_CONFIGURES = re.compile(
    r"(\.github/workflows/[^/]+\.ya?ml|\.circleci/config\.ya?ml|\.gitlab-ci\.ya?ml|\.travis\.ya?ml|\.drone\.ya?ml"
    r"|\.cirrus\.ya?ml|\.?appveyor\.ya?ml|azure-pipelines\.ya?ml|bitbucket-pipelines\.ya?ml|cloudbuild\.ya?ml"
    r"|buildspec[^/]*\.ya?ml|jenkinsfile|\.buildkite/.+|\.woodpecker.*|\.tekton/.+|\.semaphore/.+)",
    re.IGNORECASE,
)


class CiState(StrEnum):
    """SKIPPED: complete, but nothing succeeded; NONE: nothing is set up that could run; MOVED: the branch is at a
    commit that is not ours; TIMED_OUT: the time was over before all was told. All but PASSED need somebody."""

    PENDING = "pending"
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    NONE = "none"
    MOVED = "moved"
    TIMED_OUT = "timed out"


class CheckRun(Document):
    """In GitHub's words. status: queued|in_progress|completed; conclusion: success|failure|skipped|…; id: the job's,
    0 for what has no job (a commit status, a suite without runs); app: the App's id, 0 where GitHub does not say."""

    id: int
    name: str
    status: str
    conclusion: str = ""
    url: str = ""
    app: int = 0

    @property
    def red(self) -> bool:
        return bool(self.conclusion) and self.conclusion not in PASSES | HARMLESS


@dataclass(frozen=True)
class RequiredCheck:
    """What a branch asks of every commit. app: whose report alone counts; 0 for anybody's."""

    name: str
    app: int = 0

    def met_by(self, check: CheckRun) -> bool:
        """By name, and by App where both are known: who posted a commit status is not told."""
        return check.name == self.name and (not self.app or not check.app or check.app == self.app)


@dataclass(frozen=True)
class Verdict:
    """waiting: names that are running or have not appeared; red: names that failed; at: where the branch moved to."""

    state: CiState
    waiting: tuple[str, ...] = ()
    red: tuple[str, ...] = ()
    at: str = ""

    def __str__(self) -> str:
        match self.state:
            case CiState.PENDING:
                return f"still waiting for {', '.join(self.waiting) or 'a first check'}"
            case CiState.FAILED:
                return f"CI failed: {', '.join(self.red)}"
            case CiState.SKIPPED:
                return "CI skipped: every check was skipped or neutral, so nothing was checked"
            case CiState.NONE:
                return "no CI is set up: no check, no required check, no configuration"
            case CiState.MOVED:
                return f"the branch is at {self.at[:7] or 'nothing'} now, which is not Ferry's commit; it is left alone"
            case CiState.TIMED_OUT:
                return f"CI did not end in time; waited for {', '.join(self.waiting) or 'a first check'}"
        return f"CI {self.state}"


def judge(
    checks: Iterable[CheckRun], required: Collection[RequiredCheck] = (), *, again: Collection[int] = ()
) -> Verdict:
    """What the checks of one commit mean; PENDING until all that runs and all that is required has been told.

    At least one must succeed. A skipped or neutral check is no pass of its own; it is one where the branch requires
    it, because GitHub's protection lets it through. again: ids of checks that were started anew and say nothing more.
    """
    heard = [check for check in checks if not check.name.startswith(OWN)]
    running = [check.name for check in heard if check.status != "completed" or check.id in again]
    missing = [
        one.name for one in required if not one.name.startswith(OWN) and not any(one.met_by(check) for check in heard)
    ]
    red = [check.name for check in heard if check.red]
    if running or not heard:
        return Verdict(CiState.PENDING, _once(running + missing))
    if red:
        return Verdict(CiState.FAILED, red=_once(red))
    if missing:
        return Verdict(CiState.PENDING, _once(missing))
    return Verdict(CiState.PASSED if any(check.conclusion in PASSES for check in heard) else CiState.SKIPPED)


def configures_ci(path: str) -> bool:
    return bool(_CONFIGURES.fullmatch(path))


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


class CiOutcome(StrEnum):
    """RERUN: the same commit runs again; STALE: the branch moved meanwhile, what is there now is watched."""

    PASSED = "passed"
    FIXED = "fixed"
    RERUN = "rerun"
    STALE = "stale"
    ESCALATED = "escalated"


class CiCause(StrEnum):
    """CONFIGURATION: the workflow could not start; MOVED: nothing is known, the branch is elsewhere by now."""

    FORMAT = "format"
    LINT = "lint"
    IMPORT = "import"
    TYPES = "types"
    DEPENDENCY = "dependency"
    TIMEOUT = "timeout"
    FLAKY = "flaky"
    BASE_BROKEN = "base-broken"
    INFRASTRUCTURE = "infrastructure"
    CONFIGURATION = "configuration"
    REAL = "real"
    MOVED = "moved"
    ASKED = "asked"


class CiResult(Document):
    """What the CI/CD agent did about one red run. commit: SHA when fixed; excerpt: of the log when escalated;
    answers: to the threads of the review that asked for it."""

    outcome: CiOutcome
    cause: CiCause
    what: str
    commit: str = ""
    excerpt: str = ""
    answers: tuple[ThreadAnswer, ...] = ()
