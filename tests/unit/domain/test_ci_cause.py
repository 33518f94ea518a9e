from __future__ import annotations

import pytest

from ferry.domain.ci import CheckRun, CiCause
from ferry.domain.ci_cause import classify, code_can_mend, of_conclusions


@pytest.mark.parametrize(
    ("log", "cause"),
    [
        ("Would reformat: src/app.py\n1 file would be reformatted, 4 files already formatted", CiCause.FORMAT),
        ("ERROR: /w/src/a.py Imports are incorrectly sorted and/or formatted.", CiCause.FORMAT),
        ("[warn] Code style issues found in the above file. Run Prettier with --write to fix.", CiCause.FORMAT),
        ("F401 [*] `os` imported but unused\n --> src/app.py:1:8\nFound 1 error.", CiCause.LINT),
        ("src/app.py:1:80: E501 line too long", CiCause.LINT),
        ("✖ 2 problems (2 errors, 0 warnings)", CiCause.LINT),
        ("src/app.py:3: error: Name 'x' is not defined  [name-defined]\nFound 1 error in 1 file", CiCause.TYPES),
        ("src/a.ts(1,2): error TS2304: Cannot find name 'x'.", CiCause.TYPES),
        ("ERROR tests/test_a.py\nE   ModuleNotFoundError: No module named 'yaml'\n1 error in 0.10s", CiCause.IMPORT),
        ("Error: Cannot find module 'express'", CiCause.IMPORT),
        ("ERROR: No matching distribution found for acme-pricing>=1.4", CiCause.DEPENDENCY),
        ("npm error code ERESOLVE", CiCause.DEPENDENCY),
        ("curl: (6) Could not resolve host: packages.example", CiCause.INFRASTRUCTURE),
        ("The hosted runner: GitHub Actions 7 lost communication with the server.", CiCause.INFRASTRUCTURE),
        ("The job running on runner GitHub Actions 2 has exceeded the maximum execution time of 10 minutes.\n"
         "##[error]The operation was canceled.", CiCause.TIMEOUT),
        ("FAILED tests/test_a.py::test_x - assert 1 == 2\n1 failed, 3 passed in 0.02s", CiCause.REAL),
        ("# fail 2", CiCause.REAL),
        ("something that nobody has seen before", CiCause.REAL),
    ],
)  # fmt: skip
def test_what_tools_print_names_the_cause(log: str, cause: CiCause) -> None:
    assert classify(log) is cause


def test_a_failed_test_is_real_whatever_it_prints() -> None:
    log = "E   ModuleNotFoundError: x\nE  Connection refused\nFAILED tests/test_a.py::test_x\n1 failed in 0.02s"

    assert classify(log) is CiCause.REAL


def test_no_attempt_is_paid_for_what_code_cannot_mend() -> None:
    hopeless = {cause for cause in CiCause if not code_can_mend(cause)}

    assert hopeless == {CiCause.INFRASTRUCTURE, CiCause.CONFIGURATION, CiCause.FLAKY, CiCause.BASE_BROKEN}


@pytest.mark.parametrize(
    ("conclusion", "cause"),
    [
        ("action_required", CiCause.CONFIGURATION),
        ("startup_failure", CiCause.CONFIGURATION),
        ("timed_out", CiCause.TIMEOUT),
        ("cancelled", CiCause.INFRASTRUCTURE),
        ("stale", CiCause.INFRASTRUCTURE),
        ("failure", None),
    ],
)
def test_how_a_check_ended_may_say_enough(conclusion: str, cause: CiCause | None) -> None:
    red = CheckRun(id=1, name="test", status="completed", conclusion=conclusion)

    assert of_conclusions((red,)) is cause
