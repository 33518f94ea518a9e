"""What is done about a red CI that no change of this branch would mend, and when the limit is reached."""

from __future__ import annotations

from typing import Any

import pytest

from agents.cicd.agent import fix_ci
from agents.cicd.diagnosis import findings
from ferry.domain.change import FileChange
from ferry.domain.ci import CheckRun
from ferry.domain.errors import StaleHead
from tests.fakes.forge import FakeForge
from tests.unit.agents.organisation import BRANCH, LIB, TASK, Organisation
from tests.unit.agents.test_cicd import ESCALATED, FORMAT_LOG, FORMATTED, TEST_LOG, fixed, red, run

LOST = "##[group]Run make\n##[error]The hosted runner lost communication with the server."


def check(conclusion: str, id: int = 1, name: str = "lint") -> CheckRun:
    return CheckRun(id=id, name=name, status="completed", conclusion=conclusion, url=f"https://gh.test/{id}")


def last(org: Organisation) -> Any:
    return org.pull().history[-1]


def test_infrastructure_is_run_again_once_on_the_same_commit_and_then_told() -> None:
    org = red(log=LOST)
    head = org.head()

    first = run(org)
    assert (first["outcome"], first["cause"], first["head"]) == ("rerun", "infrastructure", head)
    assert org.forge.repos[LIB].reruns == [11]
    assert (org.pull().ci, last(org).rerun) == ("pending", (11,))
    second = run(org)

    assert (second["outcome"], second["cause"]) == ("escalated", "infrastructure")
    assert "it was run again, and is red again" in second["what"]
    assert org.forge.repos[LIB].reruns == [11]
    assert org.head() == head
    assert not org.model.asked


@pytest.mark.parametrize("conclusion", ["cancelled", "stale"])
def test_a_check_that_was_cut_off_is_run_again(conclusion: str) -> None:
    assert run(red(conclusion=conclusion))["outcome"] == "rerun"


@pytest.mark.parametrize("conclusion", ["action_required", "startup_failure"])
def test_a_workflow_that_did_not_start_is_for_a_person(conclusion: str) -> None:
    org = red(conclusion=conclusion)

    assert (run(org)["outcome"], last(org).cause) == ("escalated", "configuration")
    assert org.forge.repos[LIB].reruns == []


def test_a_check_that_is_no_job_cannot_be_run_again_and_is_told() -> None:
    org = red()
    org.forge.set_checks(LIB, org.head(), CheckRun(id=0, name="jenkins", status="completed", conclusion="cancelled"))

    output = run(org)

    assert output["outcome"] == "escalated"
    assert "it could not be run again" in output["what"]


def test_what_passed_before_on_the_same_commit_is_flaky_and_run_again_once() -> None:
    org = red(conclusion="success")
    org.forge.set_checks(LIB, org.head(), check("failure", 21), logs={21: TEST_LOG})

    assert (run(org)["outcome"], last(org).cause) == ("rerun", "flaky")
    assert run(org)["outcome"] == "escalated"
    assert org.forge.repos[LIB].reruns == [21]


def test_what_the_base_fails_at_only_sometimes_is_flaky_too() -> None:
    org = red()
    base = org.record.bases[LIB]
    org.forge.set_checks(LIB, base, check("success"))
    org.forge.set_checks(LIB, base, check("failure", 2))

    assert (run(org)["outcome"], last(org).cause) == ("rerun", "flaky")


def test_a_base_that_broke_since_is_seen_as_well() -> None:
    org = red()
    now = org.forge.push(LIB, "main", "ada", FileChange("x", b"x"))
    org.forge.set_checks(LIB, now, check("failure", 3), logs={3: FORMAT_LOG})

    output = run(org)

    assert (output["outcome"], output["cause"]) == ("escalated", "base-broken")
    assert f"red on the base too ({now[:7]})" in output["what"]
    assert not org.model.asked


def test_a_branch_that_fails_at_more_than_its_base_is_still_its_own_fault() -> None:
    org = red([ESCALATED])
    other = FORMAT_LOG.replace("treble.py", "lib.py")
    org.forge.set_checks(LIB, org.record.bases[LIB], check("failure", 3), logs={3: other})

    assert run(org)["cause"] != "base-broken"


@pytest.mark.parametrize(("conclusion", "log"), [("cancelled", ""), ("failure", LOST)])
def test_a_base_whose_ci_was_cut_off_excuses_nothing(conclusion: str, log: str) -> None:
    org = red([ESCALATED])
    org.forge.set_checks(LIB, org.record.bases[LIB], check(conclusion, 3), logs={3: log})

    assert run(org)["cause"] != "base-broken"


def test_findings_are_the_same_whatever_line_they_are_on() -> None:
    one = "src/a.py:3:8: F401 `os` imported but unused\nFAILED tests/t.py::test_x - 1"
    other = "src/a.py:30:8: F401 `os` imported but unused\nFAILED tests/t.py::test_x - 2"

    assert findings(one) == findings(other) != frozenset()
    assert not findings("nothing that is named")


def test_a_job_out_of_time_whose_tests_end_here_is_run_again_and_then_told() -> None:
    org = red(conclusion="timed_out")

    assert (run(org)["outcome"], last(org).cause) == ("rerun", "timeout")
    assert run(org)["outcome"] == "escalated"
    assert not org.model.asked


def test_a_job_out_of_time_whose_tests_fail_here_too_goes_to_the_model() -> None:
    org = red([ESCALATED], conclusion="timed_out")
    org.forge.repos[LIB].commits[org.head()].tree.pop("treble.py")  # type: ignore[attr-defined]

    assert run(org)["outcome"] == "escalated"
    assert len(org.model.asked) == 1


def test_after_the_last_fix_a_person_is_told_what_it_is_and_nothing_more_is_tried() -> None:
    org = red([FORMATTED], [fixed()], log=TEST_LOG)
    org.mended(3)

    output = run(org, fixes=3, fix=1)

    assert output["outcome"] == "escalated"
    assert output["what"] == "CI is red again after 3 fixes, which is the limit (real)"
    assert "FAILED tests/test_treble.py" in last(org).excerpt
    assert not org.model.asked


def test_fixes_are_counted_over_all_executions_of_the_pull_request() -> None:
    org = red([FORMATTED], [fixed()], real=True)
    org.mended(2)

    run(org, fixes=3, fix=1)

    assert org.message().endswith(f"Ferry-Task: {TASK}/ci-3")
    assert org.pull().fixes == 3


def test_an_escalation_says_cause_excerpt_link_and_what_was_tried() -> None:
    org = red([ESCALATED], log=TEST_LOG)
    org.forge.set_checks(LIB, org.head(), check("failure", 11))

    run(org)

    entry = last(org)
    assert entry.url == "https://gh.test/11"
    assert (entry.failed, entry.cause, entry.result) == (("lint",), "real", "escalated: The sum is wrong.")
    assert "FAILED tests/test_treble.py::test_treble" in entry.excerpt
    assert "### CI history" in org.forge.pull(LIB, org.pull().number).body


def test_a_head_that_a_stranger_moved_is_not_touched_and_the_wait_is_told() -> None:
    org = red([FORMATTED], [fixed()])
    old = org.head()
    new = org.forge.push(LIB, BRANCH, "mallory", FileChange("x", b""))

    output = fix_ci(org.request("cicd", head=old), org.bench)

    assert (output["outcome"], output["head"]) == ("stale", old)
    assert org.head() == new
    assert org.events("ci stale") == [f"acme/lib at {old[:7]}: the branch is at {new[:7]} by now; nothing was changed"]
    assert not org.model.asked


def test_a_head_that_we_moved_ourselves_is_watched_anew() -> None:
    org = red([FORMATTED], [fixed()])
    old = org.head()
    new = org.forge.commit(LIB, BRANCH, parent=old, message="on request", changes=[FileChange("x", b"")])
    org.store.put_pull_request(TASK, org.pull().model_copy(update={"head": new}))

    output = fix_ci(org.request("cicd", head=old), org.bench)

    assert (output["outcome"], output["head"]) == ("stale", new)


class Overtaken(FakeForge):
    """Somebody pushes just before our commit."""

    def __init__(self, inner: FakeForge) -> None:
        self.repos, self.former = inner.repos, inner.former

    def commit(self, repo: str, branch: str, **_: Any) -> str:
        self.push(repo, branch, "mallory", FileChange("x", b""))
        raise StaleHead("moved")


def test_a_fix_that_was_overtaken_while_it_was_made_is_given_up() -> None:
    org = red([FORMATTED], [fixed()], real=True, wrap=Overtaken)
    old = org.head()

    output = fix_ci(org.request("cicd", head=old), org.bench)

    assert (output["outcome"], output["head"]) == ("stale", old)
    assert org.pull().fixes == 0
