"""The proof with real test runs; what the agent does with it is in test_execution.py."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import pytest

from agents.execution.proof import NotProved, Proof, prove
from ferry.adapters.plain_process import PlainProcess
from ferry.agentkit.approved import load_approved
from ferry.agentkit.suite import Suite
from ferry.agentkit.workspace import Workspace
from ferry.domain.change import FileChange
from ferry.domain.plan import PlanTask
from tests.unit.agents.organisation import LIB, TREBLE, TREBLE_TEST, organisation, plan_task

TEST, CODE = "tests/test_treble.py", "treble.py"
TASK = PlanTask.model_validate(plan_task())


@pytest.fixture
def place() -> Iterator[Workspace]:
    org = organisation({})
    approved = load_approved(org.request("execution"), org.artifacts, org.gate)
    with org.bench.workspace(approved, LIB, org.head()) as place:
        yield place


def write(place: Workspace, test: str = TREBLE_TEST, code: str = TREBLE) -> None:
    (place.repo / TEST).write_text(test)
    (place.repo / CODE).write_text(code)


def no_gate(place: Workspace, changes: Sequence[FileChange]) -> None:
    """The proof alone; with the gate: test_gate_of_agents.py."""


def check(place: Workspace, approved: frozenset[str] = frozenset({TEST, CODE})) -> Proof:
    return prove(place, TASK, approved, Suite(PlainProcess(), 60), no_gate)


def test_a_test_that_fails_without_the_code_and_passes_with_it_is_a_proof(place: Workspace) -> None:
    write(place)

    proof = check(place)

    assert [change.path for change in proof.changes] == [TEST, CODE]
    assert (proof.base.failed, proof.head.passed) == (1, 2)


@pytest.mark.parametrize(
    ("test", "reason"),
    [
        pytest.param("def test_x():\n    assert True\n", "must fail, but: 0 failed, 1 passed", id="passes on the base"),
        pytest.param("# nothing\n", r"must fail, but: 0 failed, 0 passed \(exit code 5\)", id="holds no test"),
        pytest.param(
            "import pathlib, pytest\nassert pathlib.Path('treble.py').exists()\n\n\n"
            "@pytest.mark.skip\ndef test_x():\n    assert False\n",
            "with your change .* must pass, but: 0 failed, 0 passed",
            id="skipped with the code",
        ),
        pytest.param("import\n", "with your change .* must pass, but: 1 failed", id="cannot be read"),
    ],
)
def test_a_test_that_proves_nothing_is_refused(place: Workspace, test: str, reason: str) -> None:
    write(place, test)

    with pytest.raises(NotProved, match=reason):
        check(place)


def test_code_that_breaks_another_test_is_refused_with_what_was_printed(place: Workspace) -> None:
    write(place)
    (place.repo / "lib.py").write_text("def double(number):\n    return number\n")

    with pytest.raises(NotProved, match="the whole suite must pass, but: 1 failed, 1 passed") as refused:
        check(place, frozenset({TEST, CODE, "lib.py"}))

    assert "test_double" in refused.value.output


def test_a_path_outside_the_plan_is_refused_before_anything_runs(place: Workspace) -> None:
    write(place)
    (place.repo / "setup.cfg").write_text("[tool:pytest]\naddopts = --collect-only\n")

    with pytest.raises(NotProved, match=r"setup\.cfg: not in the approved plan"):
        check(place)


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_an_approved_path_that_is_no_plain_file_is_refused(place: Workspace, kind: str) -> None:
    write(place)
    (place.repo / CODE).unlink()
    if kind == "link":
        (place.repo / CODE).symlink_to("/etc/passwd")
    else:
        os.mkfifo(place.repo / CODE)

    with pytest.raises(NotProved, match=r"treble\.py: only plain files"):
        check(place)


def test_a_deleted_test_file_is_refused(place: Workspace) -> None:
    task = PlanTask.model_validate(plan_task(test="tests/test_lib.py"))
    (place.repo / "tests/test_lib.py").unlink()

    with pytest.raises(NotProved, match="was deleted"):
        prove(place, task, frozenset({"tests/test_lib.py"}), Suite(PlainProcess(), 60), no_gate)


def test_a_test_that_never_ends_proves_nothing(place: Workspace) -> None:
    write(place, "import time\n\n\ndef test_x():\n    time.sleep(60)\n")

    with pytest.raises(NotProved, match="stopped by the time limit"):
        prove(place, TASK, frozenset({TEST, CODE}), Suite(PlainProcess(), 1), no_gate)
