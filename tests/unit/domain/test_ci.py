"""What the checks of one commit mean."""

from __future__ import annotations

import pytest

from ferry.domain.ci import CheckRun, CiState, RequiredCheck, configures_ci, judge
from ferry.domain.ci_history import CiEntry, answered, looks, section, spliced, started_anew, told


def check(name: str, conclusion: str = "success", *, id: int = 1, app: int = 0) -> CheckRun:
    return CheckRun(id=id, name=name, status="completed" if conclusion else "queued", conclusion=conclusion, app=app)


@pytest.mark.parametrize(
    "conclusion", ["failure", "cancelled", "timed_out", "action_required", "stale", "startup_failure", "x"]
)
def test_whatever_is_not_known_to_be_good_is_red(conclusion: str) -> None:
    verdict = judge([check("test"), check("lint", conclusion)])

    assert (verdict.state, verdict.red) == (CiState.FAILED, ("lint",))


@pytest.mark.parametrize("conclusion", ["skipped", "neutral"])
def test_what_was_skipped_is_no_pass_unless_the_branch_requires_it(conclusion: str) -> None:
    required = [RequiredCheck("docs")]

    assert judge([check("docs", conclusion)]).state is CiState.SKIPPED
    assert judge([check("docs", conclusion), check("lint", conclusion)], required).state is CiState.SKIPPED
    assert judge([check("docs", conclusion), check("test")], required).state is CiState.PASSED


def test_a_required_check_that_never_appears_is_waited_for_by_name() -> None:
    verdict = judge([check("test")], [RequiredCheck("test"), RequiredCheck("e2e")])

    assert (verdict.state, verdict.waiting) == (CiState.PENDING, ("e2e",))
    assert str(verdict) == "still waiting for e2e"


def test_a_required_check_counts_from_its_own_app_alone() -> None:
    required = [RequiredCheck("test", app=7)]

    assert judge([check("test", app=8)], required).waiting == ("test",)
    assert judge([check("test", app=8), check("test", app=7)], required).state is CiState.PASSED
    assert judge([check("test")], required).state is CiState.PASSED, "GitHub does not say who posted a status"


def test_a_red_check_is_told_before_a_required_one_that_is_missing() -> None:
    assert judge([check("test", "failure")], [RequiredCheck("e2e")]).state is CiState.FAILED


@pytest.mark.parametrize("conclusion", ["success", "failure", ""])
def test_ferrys_own_checks_never_count(conclusion: str) -> None:
    own = check("ferry/change-set", conclusion)

    assert judge([own]).state is CiState.PENDING
    assert judge([own, check("test")], [RequiredCheck("ferry/change-set")]).state is CiState.PASSED


def test_a_check_that_was_started_anew_says_nothing_more() -> None:
    assert judge([check("test", "failure", id=5)], again={5}).waiting == ("test",)
    assert judge([check("test", id=6)], again={5}).state is CiState.PASSED


@pytest.mark.parametrize(
    ("path", "does"),
    [
        (".github/workflows/ci.yml", True),
        (".github/dependabot.yml", False),
        (".circleci/config.yml", True),
        ("Jenkinsfile", True),
        ("docs/ci.yml", False),
    ],
)
def test_what_sets_up_ci_is_known_by_its_place(path: str, does: bool) -> None:
    assert configures_ci(path) is does


RED = CiEntry(head="a" * 40, result="failed", failed=("lint | x",), url="https://gh.test/1")


def test_a_look_that_is_told_twice_stands_once_and_gets_its_answer() -> None:
    history = told(told((), RED), RED)

    history = answered(history, "a" * 40, cause="format", tried="ruff format", result="fixed in bbbbbbb")

    assert [entry.result for entry in history] == ["fixed in bbbbbbb"]
    assert history[0].failed == RED.failed


def test_a_rerun_is_remembered_with_the_commit_it_was_of() -> None:
    history = answered((RED,), RED.head, rerun=(4, 5))

    assert (started_anew(history, RED.head), looks(history, RED.head)) == ({4, 5}, 1)
    assert (started_anew(history, "b" * 40), looks(history, "b" * 40)) == (frozenset(), 0)


def test_the_history_is_a_table_that_is_replaced_where_it_stands() -> None:
    once = spliced("Body\n", (RED,))
    twice = spliced(once.replace("Body\n", "Other body\n") + "after", (RED, CiEntry(head="b" * 40, result="passed")))

    assert twice.count("<!-- ferry:ci-history -->") == twice.count("### CI history") == 1
    assert twice.startswith("Other body\n")
    assert twice.endswith("after")
    assert "| bbbbbbb | – | – | – | passed |" in twice
    assert "| aaaaaaa | [lint \\| x](https://gh.test/1) | – | – | failed |" in twice
    assert spliced("Body\n", ()) == "Body\n"


def test_what_others_wrote_has_no_power_in_the_table() -> None:
    text = section((CiEntry(head="c" * 40, result="@ada <script>", failed=("a|b",), url="https://x)(y"),))

    assert "@ada" not in text
    assert "<script>" not in text
    assert "https://x)(y" not in text
