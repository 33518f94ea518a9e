"""The proof with real test runs; what the agent does with it is in test_execution.py."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import pytest

from agents.execution.proof import NotProved, Proved, prove
from ferry.adapters.plain_process import PlainProcess
from ferry.agentkit.approved import load_approved
from ferry.agentkit.suite import Suite
from ferry.agentkit.workspace import Workspace
from ferry.domain.change import FileChange
from ferry.domain.plan import Plan, PlanTask
from ferry.domain.proof import Role
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


def plan(*more: str, test: str = TEST) -> Plan:
    """Of one task; more: paths that may be written beside its own."""
    raw = organisation({}, [plan_task(test=test)]).record.plan.dump()
    return Plan.model_validate({**raw, "components": [{"repo": LIB, "path": path, "change": "c"} for path in more]})


def check(place: Workspace, *more: str) -> Proved:
    return prove(place, TASK, plan(*more), Suite(PlainProcess(), 60), no_gate)


def no_gate(place: Workspace, changes: Sequence[FileChange]) -> None:
    """The proof alone; with the gate: test_gate_of_agents.py."""


def test_a_test_that_fails_without_the_code_and_passes_with_it_is_a_proof(place: Workspace) -> None:
    write(place)

    proof = check(place)

    assert [change.path for change in proof.changes] == [TEST, CODE]
    assert [(case.id, case.role) for case in proof.proof.cases] == [
        ("tests/test_lib.py::test_double", Role.KEPT),
        ("tests/test_treble.py::test_treble", Role.PROVES),
    ]
    assert proof.proof.cases[1].note == "the change brings treble"


@pytest.mark.parametrize(
    ("test", "reason"),
    [
        pytest.param(
            "def test_x():\n    assert True\n",
            r"no test fails without the change .* \(passed without",
            id="passes on the base",
        ),
        pytest.param("# nothing\n", "no test of it was run with the change", id="holds no test"),
        pytest.param(
            "import pathlib, pytest\nassert pathlib.Path('treble.py').exists()\n\n\n"
            "@pytest.mark.skip\ndef test_x():\n    assert False\n",
            "skipped with it",
            id="skipped with the code",
        ),
        pytest.param("import\n", "1 test fails with the change: .*SyntaxError", id="cannot be read"),
        pytest.param(
            "import pytest\npytest.importorskip('treble')\n\n\ndef test_x():\n    assert True\n",
            r"\(skipped without the change, passed with it\)",
            id="skipped without the code",
        ),
        pytest.param(
            "import os\nimport treble\n\n\ndef test_x():\n    os._exit(0)\n",
            r"with the change, pytest: it wrote no report \(exit code 0",
            id="ends the runner with success",
        ),
    ],
)
def test_a_test_that_proves_nothing_is_refused(place: Workspace, test: str, reason: str) -> None:
    write(place, test)

    with pytest.raises(NotProved, match=reason):
        check(place)


def test_code_that_breaks_another_test_is_refused_with_what_was_printed(place: Workspace) -> None:
    write(place)
    (place.repo / "lib.py").write_text("def double(number):\n    return number\n")

    with pytest.raises(
        NotProved, match=r"1 test that passed is lost: tests/test_lib\.py::test_double \(failed now"
    ) as refused:
        check(place, "lib.py")

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
        prove(place, task, plan(test="tests/test_lib.py"), Suite(PlainProcess(), 60), no_gate)


def test_a_test_that_never_ends_proves_nothing(place: Workspace) -> None:
    write(place, "import time\n\n\ndef test_x():\n    time.sleep(60)\n")

    with pytest.raises(NotProved, match="without the change, pytest was stopped by the time limit"):
        prove(place, TASK, plan(), Suite(PlainProcess(), 3), no_gate)


def test_a_source_that_forges_the_report_of_every_test_is_found_out_by_a_test_of_ours(place: Workspace) -> None:
    """A plugin of the change that turns each failure into a pass, loaded by the code under test."""
    forging = (
        "from _pytest.reports import TestReport\n\nreal = TestReport.from_item_and_call\n\n\n"
        "def forged(item, call):\n    report = real(item, call)\n    report.outcome = 'passed'\n"
        "    report.longrepr = None\n    return report\n\n\nTestReport.from_item_and_call = forged\n\n\n"
        "def treble(number):\n    return 0\n"
    )
    write(place, code=forging)

    with pytest.raises(NotProved, match="a test of ours that fails is reported as passed; what it says is forged"):
        check(place)


def test_a_report_that_contradicts_the_exit_code_is_not_believed(place: Workspace) -> None:
    forging = (
        "import pytest\nfrom treble import treble\n\n\n"
        "@pytest.fixture(autouse=True, scope='session')\ndef quiet(request):\n    yield\n"
        "    request.session.testsfailed = 0\n\n\ndef test_treble():\n    assert treble(2) == 7\n"
    )
    write(place, test=forging)

    with pytest.raises(NotProved, match="its report has 1 red tests, but it ended with exit code 0"):
        check(place)


def test_a_test_that_is_lost_is_explained_by_a_plan_that_names_it(place: Workspace) -> None:
    write(place)
    (place.repo / "tests/test_lib.py").write_text(
        "from lib import double\n\n\ndef test_twice():\n    assert double(2) == 4\n"
    )
    task = TASK.model_copy(update={"description": "Treble; test_double becomes test_twice"})
    named = plan("tests/test_lib.py").model_copy(update={"tasks": (task,)})

    proved = prove(place, TASK, named, Suite(PlainProcess(), 60), no_gate)
    with pytest.raises(NotProved, match="1 test that passed is lost"):
        check(place, "tests/test_lib.py")

    assert proved.proof.proved
