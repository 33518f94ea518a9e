"""Why CI is red, by rule: what the tools themselves print. A model is asked only where no rule knows."""

from __future__ import annotations

import re

from ferry.domain.ci import CiCause

# The first rule that matches wins: what makes all else meaningless comes first.
_RULES: tuple[tuple[CiCause, str], ...] = (
    (
        CiCause.INFRASTRUCTURE,
        r"the (?:self-)?hosted runner.*(?:lost communication|shutdown signal)|runner has received a shutdown signal"
        r"|no space left on device|could not resolve host|temporary failure in name resolution"
        r"|connection (?:reset|refused|timed out)|(?:502 bad gateway|503 service unavailable|504 gateway)"
        r"|unable to download actions?|error: the operation was canceled",
    ),
    (
        CiCause.TIMEOUT,
        r"has (?:exceeded the maximum execution time|timed out after)|exceeded the maximum execution time"
        r"|##\[error\]the (?:action|job) .*timed out",
    ),
    (
        CiCause.DEPENDENCY,
        r"no matching distribution found|could not find a version that satisfies|resolutionimpossible"
        r"|npm err! (?:code )?(?:eresolve|e404|etarget)|npm error code (?:eresolve|e404|etarget)",
    ),
    (
        CiCause.FORMAT,
        r"would reformat|files? would be reformatted|code style issues found|run prettier (?:with )?--write"
        r"|imports are incorrectly sorted|gofmt",
    ),
    (
        CiCause.IMPORT,
        r"modulenotfounderror: |importerror: |cannot find module |err_module_not_found",
    ),
    (
        CiCause.TYPES,
        r": error: .+\[[a-z-]+\]\s*$|found \d+ errors? in \d+ files?|error ts\d+:|\d+ errors?, \d+ warnings?, \d+ informations?",
    ),
    (
        CiCause.LINT,
        r"^\S+:\d+:\d+: [A-Z]+\d+ |^[A-Z]+\d+ (?:\[\*\] )?.+\n +--> \S+:\d+:\d+|found \d+ errors?\.|✖ \d+ problems?",
    ),
)
_COMPILED = tuple((cause, re.compile(rule, re.IGNORECASE | re.MULTILINE)) for cause, rule in _RULES)

# A test that fails has a meaning; only a person may say that the meaning was wrong.
_TESTS_FAILED = re.compile(r"^FAILED \S+|^=+ .*\b\d+ failed\b|^\d+ failed\b|^(?:\S )?fail [1-9]\d*$", re.MULTILINE)

HOPELESS = frozenset(
    {CiCause.INFRASTRUCTURE, CiCause.TIMEOUT, CiCause.FLAKY, CiCause.BASE_BROKEN},
)


def classify(log: str) -> CiCause:
    """Of the failing steps' output; REAL when tests failed or no rule knows it."""
    for cause, rule in _COMPILED:
        if cause in HOPELESS and rule.search(log):
            return cause
    if _TESTS_FAILED.search(log):
        return CiCause.REAL
    return next((cause for cause, rule in _COMPILED if rule.search(log)), CiCause.REAL)


def code_can_mend(cause: CiCause) -> bool:
    """False when no change to this branch's files would help, so that no attempt is paid for."""
    return cause not in HOPELESS
