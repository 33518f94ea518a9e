"""Why CI is red, by rule: what the runner and the tools themselves print. A model is asked only where no rule knows.

The rules were made from the logs under `bench/ci/logs` that are not held out; `python -m bench.ci` measures them.
"""

from __future__ import annotations

import re

from ferry.domain.ci import CheckRun, CiCause

Rules = tuple[tuple[CiCause, re.Pattern[str]], ...]


def _rule(cause: CiCause, *patterns: str) -> tuple[CiCause, re.Pattern[str]]:
    return cause, re.compile("|".join(patterns), re.IGNORECASE | re.MULTILINE)


# What the runner says makes all else meaningless.
_RUNNER: Rules = (
    _rule(
        CiCause.TIMEOUT,
        r"has exceeded the maximum execution time",
        r"##\[error\]the (?:action|job) .*timed out",
    ),
    _rule(
        CiCause.INFRASTRUCTURE,
        r"lost communication with the server",
        r"runner has received a shutdown signal",
        r"no space left on device",
        r"##\[error\]the operation was canceled",
        r"(?:unable to|failed to) download actions?\b",
        r"heap out of memory|\bout of memory\b|oom-?kill|cannot allocate memory",
        r"process completed with exit code 137\b",
        r"toomanyrequests|pull rate limit|rate limit exceeded",
    ),
)
_TEST_TIMEOUT = _rule(
    CiCause.TIMEOUT,
    r"timeout \(>[\d.]+ ?s\)",
    r"exceeded timeout of \d+",
    r"timed? ?out (?:after|in) \d",
    r"timeout of \d+ ?ms exceeded",
)
# A suite that could not even be loaded has no failed test in it, though runners count it as one.
_NOT_LOADED = re.compile(r"test suite failed to run|failed suites|^error collecting|_failedtest", re.I | re.M)
# A test that fails has a meaning; only a person may say that the meaning was wrong.
_TESTS_FAILED = re.compile(
    r"^FAILED \S+|^=* ?\d+ failed\b|^(?:\S )?fail [1-9]\d*$"
    r"|^--- FAIL: |^test .+ \.\.\. FAILED$|^test result: FAILED|^FAIL: \w+ \("
    r"|Tests run: .*(?:Failures|Errors): [1-9]|^ *Tests:? +[1-9]\d* failed|tests completed, [1-9]\d* failed"
    r"|^ +[1-9]\d* failing$|examples?, [1-9]\d* failures?",
    re.MULTILINE,
)
_TOOLS: Rules = (
    _rule(
        CiCause.INFRASTRUCTURE,
        r"could not resolve host|temporary failure in name resolution",
        r"connection (?:reset|refused|timed out)|network is unreachable|tls handshake timeout",
        r"\b50[0234]\b.{0,20}(?:bad gateway|service unavailable|gateway time-?out|server error)",
        r"http error 50[0234]|429 too many requests",
        r"\b(?:econnreset|etimedout|eai_again|err_socket_timeout)\b|npm err(?:!|or) (?:code )?e50[0234]",
        r"(?:status|response) code:? 50[0234]|client\.timeout exceeded|canceled while waiting for connection",
        r"is the docker daemon running",
    ),
    _rule(
        CiCause.DEPENDENCY,
        r"no matching distribution found|could not find a version that satisfies|resolutionimpossible",
        r"npm err(?:!|or) (?:code )?(?:eresolve|e404|etarget|eusage)",
        r"missing go\.sum entry|updates to go\.(?:mod|sum) needed",
        r"could not (?:resolve|find) (?:all )?(?:dependencies|artifact)",
        r"no solution found when resolving|lock ?file .*(?:needs to be updated|is not up to date|out of date)",
        r"pyproject\.toml changed significantly since poetry\.lock",
        r"failed to select a version for the requirement|failed to parse \W?[\w.-]*lock\b",
    ),
    _rule(
        CiCause.FORMAT,
        r"would (?:be )?reformat|files? would be reformatted|code style issues (?:found )?in",
        r"code style issues found|run prettier (?:with )?--write|imports are incorrectly sorted",
        r"files had format violations|formatter would have printed|files were modified by this hook",
        r"^##\[group\]run .*\b(?:gofmt|goimports|rustfmt|fmt)\b|^diff in \S+(?::\d+:$| at line \d+)",
        r"has failed to format",
    ),
    _rule(
        CiCause.IMPORT,
        r"modulenotfounderror: |importerror(?:: | while importing)|cannot find module |err_module_not_found",
        r"failed to resolve import|unresolved import|package \S+ is not in (?:std|goroot)|package \S+ does not exist",
    ),
    _rule(
        CiCause.LINT,
        r"^(?:##\[error\])?\S+:\d+:\d+: [A-Z]{1,4}\d+:? |^[A-Z]+\d+ .+\n +--> \S+:\d+:\d+",
        r"✖ \d+ problems?|your code has been rated at|checkstyle violations|\bclippy::",
        r"\.go:\d+:\d+: .+ \([a-z]+\)$|^\d+ issues?:$|^##\[group\]run go vet|^error: issues found",
        r"failed at the \S+ lint\w* script",
    ),
    _rule(
        CiCause.TYPES,
        r": error: .+\[[a-z-]+\]\s*$|error ts\d+:|\d+ errors?, \d+ warnings?, \d+ info",
        r"^error\[e\d{4}\]:|compilation error|incompatible types: ",
        r"\.go:\d+:\d+: (?:cannot use|undefined: |.+ undefined \(type|too many arguments|not enough arguments)",
        r"found \d+ errors? in \d+ files?",
    ),
    _rule(CiCause.LINT, r"found \d+ errors?\."),
)
# What a tool printed that no rule knows: then what it was called for says what it complains about.
_COMMANDS: Rules = tuple(
    _rule(cause, rf"^##\[group\]run .*(?<![\w./-])(?:{names})(?![\w-])")
    for cause, names in (
        (CiCause.FORMAT, r"format(?::check)?|fmt|prettier|black|isort|yapf|clang-format|dprint"),
        (CiCause.TYPES, r"mypy|pyright|tsc|typecheck|type-check|types"),
        (CiCause.LINT, r"lint\w*|\w+lint|flake8|pylint|ruff|clippy|rubocop|shellcheck|detekt|checkstyle|phpcs|biome"),
        (CiCause.DEPENDENCY, r"(?:pip|npm|pnpm|yarn|poetry|bundle|composer) (?:install|ci)|uv sync|go mod \w+"),
    )
)

HOPELESS = frozenset({CiCause.INFRASTRUCTURE, CiCause.FLAKY, CiCause.BASE_BROKEN, CiCause.CONFIGURATION})
# A check that ended so has no log that could say more.
_CONCLUSIONS = {
    "action_required": CiCause.CONFIGURATION,
    "startup_failure": CiCause.CONFIGURATION,
    "timed_out": CiCause.TIMEOUT,
    "cancelled": CiCause.INFRASTRUCTURE,
    "stale": CiCause.INFRASTRUCTURE,
}


def classify(log: str) -> CiCause:
    """Of the failing steps' output; REAL when tests failed or no rule knows it."""
    if cause := _first((*_RUNNER, _TEST_TIMEOUT), log):
        return cause
    if _TESTS_FAILED.search(log) and not _NOT_LOADED.search(log):
        return CiCause.REAL
    return _first((*_TOOLS, *_COMMANDS), log) or CiCause.REAL


def of_conclusions(red: tuple[CheckRun, ...]) -> CiCause | None:
    """What the way in which they ended says; None when it takes the logs."""
    return next((_CONCLUSIONS[check.conclusion] for check in red if check.conclusion in _CONCLUSIONS), None)


def code_can_mend(cause: CiCause) -> bool:
    """False when no change to this branch's files would help, so that no attempt is paid for."""
    return cause not in HOPELESS


def _first(rules: Rules, log: str) -> CiCause | None:
    return next((cause for cause, rule in rules if rule.search(log)), None)
