"""Every rule of the integrity gate: its name, what happens when it is broken, and what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Severity = Literal["block", "ask"]

BLOCK: Severity = "block"
ASK: Severity = "ask"

# What no approval of a plan may give away: design, safety rules.
ALWAYS = frozenset(
    {"strange-path", "ci-edited", "owners-edited", "ferry-edited", "git-edited", "outside-plan", "secret"}
    | {"diff-too-large", "unparsable"}
)

RULES: Mapping[str, tuple[Severity, str]] = {
    "outside-plan": (BLOCK, "a file that the approved plan does not name"),
    "strange-path": (BLOCK, "a path that is not plainly inside the repository, or no plain file"),
    "ci-edited": (BLOCK, "CI configuration"),
    "owners-edited": (BLOCK, "code ownership"),
    "ferry-edited": (BLOCK, "the plan or Ferry's own configuration"),
    "git-edited": (BLOCK, "git's own files"),
    "conventions-edited": (ASK, "a file that tells agents how to work, such as AGENTS.md"),
    "test-deleted": (BLOCK, "a test that is gone and was neither moved nor renamed"),
    "test-deleted-with-code": (ASK, "a test that is gone together with the code that it was about"),
    "test-skipped": (BLOCK, "a test that runs no more, or whose failure counts no more"),
    "new-test-skipped": (ASK, "a new test that does not always run"),
    "test-focused": (BLOCK, "a test that keeps the others from running"),
    "test-excluded": (BLOCK, "configuration that takes tests out of the run"),
    "test-empty": (BLOCK, "a test that cannot fail"),
    "test-without-assertion": (ASK, "a test that asserts nothing"),
    "assertion-removed": (BLOCK, "an assertion or a case that is gone"),
    "assertion-weakened": (BLOCK, "an assertion that notices less than before"),
    "assertion-guarded": (BLOCK, "an assertion that is only made under a condition, or whose failure is caught"),
    "new-test-guarded": (ASK, "a new test whose assertions are all made under a condition"),
    "tolerance-widened": (BLOCK, "a tolerance or bound that lets more through"),
    "exception-broadened": (BLOCK, "an expected exception that now may be almost any"),
    "expectation-changed": (BLOCK, "an expected value that was changed without the plan asking for it"),
    "expectation-asked": (ASK, "an expected value that was changed in a test that the plan names"),
    "subject-mocked": (BLOCK, "a test that replaces what it is about"),
    "equality-forged": (BLOCK, "a comparison that is always true"),
    "framework-patched": (BLOCK, "code that reaches into the test framework"),
    "early-exit": (BLOCK, "code in a test that ends the run"),
    "test-aware-code": (BLOCK, "code that behaves differently when tests run"),
    "hard-coded": (ASK, "an answer that is spelt out for an input of a test"),
    "failure-swallowed": (BLOCK, "a failure that is hidden in a test, script or recipe"),
    "error-swallowed": (ASK, "an error that is caught and dropped"),
    "checks-silenced": (BLOCK, "a checker that is switched off for a whole file, or without saying which rule"),
    "suppression-added": (ASK, "a warning that is suppressed at one place"),
    "coverage-excluded": (BLOCK, "code that is taken out of coverage, or a lower threshold"),
    "checks-configuration": (BLOCK, "configuration of linters, types or coverage"),
    "scripts-changed": (BLOCK, "a script or recipe that tests or checks"),
    "lock-without-manifest": (BLOCK, "a lock file without a change of what it locks"),
    "manifest-without-lock": (ASK, "dependencies without their lock file"),
    "secret": (BLOCK, "what looks like a secret"),
    "invisible-text": (BLOCK, "characters that hide what a line says"),
    "oversized": (BLOCK, "a file that is too large to be looked at"),
    "binary": (ASK, "a binary file"),
    "generated": (ASK, "a generated or minified file"),
    "unparsable": (BLOCK, "a source file that cannot be parsed any more"),
    "diff-too-large": (BLOCK, "a diff that is too large to be looked at"),
}  # fmt: skip
