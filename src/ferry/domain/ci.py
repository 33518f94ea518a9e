"""CI of one commit: what ran, and what it means."""

from __future__ import annotations

from enum import StrEnum

from ferry.domain.asked import ThreadAnswer
from ferry.domain.document import Document

PASSES = frozenset({"success"})
HARMLESS = frozenset({"skipped", "neutral"})


class CiState(StrEnum):
    PENDING = "pending"
    PASSED = "passed"
    FAILED = "failed"


class CheckRun(Document):
    """In GitHub's words. status: queued|in_progress|completed; conclusion: success|failure|skipped|…; id: the job's."""

    id: int
    name: str
    status: str
    conclusion: str = ""
    url: str = ""


def ci_state(checks: tuple[CheckRun, ...]) -> CiState:
    """PASSED needs all to be complete and at least one success: nothing run is not a pass, nor is a skip alone."""
    if not checks or any(check.status != "completed" for check in checks):
        return CiState.PENDING
    if any(check.conclusion not in PASSES | HARMLESS for check in checks):
        return CiState.FAILED
    return CiState.PASSED if any(check.conclusion in PASSES for check in checks) else CiState.FAILED


class CiOutcome(StrEnum):
    PASSED = "passed"
    FIXED = "fixed"
    ESCALATED = "escalated"


class CiCause(StrEnum):
    FORMAT = "format"
    LINT = "lint"
    IMPORT = "import"
    TYPES = "types"
    DEPENDENCY = "dependency"
    TIMEOUT = "timeout"
    FLAKY = "flaky"
    BASE_BROKEN = "base-broken"
    INFRASTRUCTURE = "infrastructure"
    REAL = "real"
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
