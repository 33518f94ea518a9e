"""Why CI is red, by rule: what the runner and the tools themselves print. A model is asked only where no rule knows."""

from __future__ import annotations

import re

from ferry.domain.ci import CiCause

Rules = tuple[tuple[CiCause, re.Pattern[str]], ...]


def _rules(*pairs: tuple[CiCause, str]) -> Rules:
    return tuple((cause, re.compile(rule, re.IGNORECASE | re.MULTILINE)) for cause, rule in pairs)


# What the runner says makes all else meaningless.
_RUNNER = _rules(
    (CiCause.TIMEOUT, r"has exceeded the maximum execution time|##\[error\]the (?:action|job) .*timed out"),
    (
        CiCause.INFRASTRUCTURE,
        r"lost communication with the server|runner has received a shutdown signal|no space left on device"
        r"|##\[error\]the operation was canceled|unable to download actions?",
    ),
)
# A test that fails has a meaning; only a person may say that the meaning was wrong.
_TESTS_FAILED = re.compile(r"^FAILED \S+|^=* ?\d+ failed\b|^(?:\S )?fail [1-9]\d*$", re.MULTILINE)
_TOOLS = _rules(
    (
        CiCause.DEPENDENCY,
        r"no matching distribution found|could not find a version that satisfies|resolutionimpossible"
        r"|npm err(?:!|or) (?:code )?(?:eresolve|e404|etarget)",
    ),
    (
        CiCause.INFRASTRUCTURE,
        r"could not resolve host|temporary failure in name resolution|connection (?:reset|refused|timed out)"
        r"|502 bad gateway|503 service unavailable|504 gateway",
    ),
    (
        CiCause.FORMAT,
        r"would reformat|files? would be reformatted|code style issues found|run prettier (?:with )?--write"
        r"|imports are incorrectly sorted|gofmt",
    ),
    (CiCause.IMPORT, r"modulenotfounderror: |importerror: |cannot find module |err_module_not_found"),
    (
        CiCause.TYPES,
        r": error: .+\[[a-z-]+\]\s*$|found \d+ errors? in \d+ files?|error ts\d+:|\d+ errors?, \d+ warnings?, \d+ info",
    ),
    (
        CiCause.LINT,
        r"^\S+:\d+:\d+: [A-Z]+\d+ |^[A-Z]+\d+ .+\n +--> \S+:\d+:\d+|found \d+ errors?\.|✖ \d+ problems?",
    ),
)

HOPELESS = frozenset({CiCause.INFRASTRUCTURE, CiCause.TIMEOUT, CiCause.FLAKY, CiCause.BASE_BROKEN})


def classify(log: str) -> CiCause:
    """Of the failing steps' output; REAL when tests failed or no rule knows it."""
    if cause := _first(_RUNNER, log):
        return cause
    if _TESTS_FAILED.search(log):
        return CiCause.REAL
    return _first(_TOOLS, log) or CiCause.REAL


def code_can_mend(cause: CiCause) -> bool:
    """False when no change to this branch's files would help, so that no attempt is paid for."""
    return cause not in HOPELESS


def _first(rules: Rules, log: str) -> CiCause | None:
    return next((cause for cause, rule in rules if rule.search(log)), None)
