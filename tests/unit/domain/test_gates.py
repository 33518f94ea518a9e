from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.domain.errors import GateViolation
from ferry.domain.gates import check_diff, check_path

APPROVED = frozenset({"src/app.py", "tests/test_app.py"})


def test_approved_paths_may_change() -> None:
    check_diff(["tests/test_app.py", "src/app.py"], APPROVED)


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/ci.yml", ".GitHub/workflows/CI.yml", ".github/dependabot.yml", ".gitlab-ci.yml",
        "Jenkinsfile", ".circleci/config.yml", "azure-pipelines.yml", "buildspec.yml", "cloudbuild.yaml", ".travis.yml",
        "CODEOWNERS", "docs/CODEOWNERS", ".ferry.yml", ".ferry/settings.json", "service/.ferryrc", "PLAN.md", "plan.md",
        ".git/hooks/pre-commit", "vendor/.git/config", ".gitmodules", ".gitattributes",
    ],
)  # fmt: skip
def test_some_files_are_never_for_agents_even_when_a_plan_was_approved_with_them(path: str) -> None:
    with pytest.raises(GateViolation, match="not for agents"):
        check_path(path, {path})


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "~/x", "../x", "src/../../x", "./x", "a//b", "", "a\\b", "a\nb", "C:x", "a/"]
)
def test_a_path_that_is_not_plainly_inside_the_repository_is_refused(path: str) -> None:
    with pytest.raises(GateViolation, match="relative to the repository"):
        check_path(path, {path})


def test_a_path_outside_the_plan_is_named_with_what_is_allowed() -> None:
    with pytest.raises(
        GateViolation, match=r"^src/other\.py: not in the approved plan, which allows src/app\.py, tests"
    ):
        check_diff(["src/app.py", "src/other.py"], APPROVED)


def test_an_approved_path_may_not_become_a_link() -> None:
    with pytest.raises(GateViolation, match=r"^src/app\.py: only plain files"):
        check_diff(["src/app.py"], APPROVED, symlinks={"src/app.py"})


@pytest.mark.parametrize("path", ["src/plan.md", "docs/github/ci.md", "src/gitlab.py", "ferry.py", "src/codeowners.py"])
def test_names_that_only_resemble_a_protected_one_are_free(path: str) -> None:
    check_path(path, {path})


@given(st.text(max_size=40))
def test_nothing_but_an_approved_path_ever_passes(path: str) -> None:
    if path not in APPROVED:
        with pytest.raises(GateViolation):
            check_path(path, APPROVED)
