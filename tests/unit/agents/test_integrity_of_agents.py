"""Nothing that cheats is committed, whatever an agent works on: a task, a red CI, a comment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ferry.agentkit.approved import Approved, load_approved
from ferry.agentkit.workspace import Workspace
from ferry.domain.errors import GateViolation
from tests.unit.agents.organisation import LIB, Organisation, organisation


@pytest.fixture
def org() -> Organisation:
    return organisation({})


@pytest.fixture
def approved(org: Organisation) -> Approved:
    return load_approved(org.request("execution"), org.artifacts, org.gate)


@pytest.fixture
def place(org: Organisation, approved: Approved) -> Iterator[Workspace]:
    with org.bench.workspace(approved, LIB, org.head()) as place:
        yield place


TEST, CODE = "tests/test_treble.py", "src/lib/treble.py"


def commit(org: Organisation, approved: Approved, place: Workspace, *, tests_may_change: bool = False) -> None:
    paths, _ = place.changed()
    check = org.bench.integrity_of(approved, LIB, tests_may_change=tests_may_change)
    check(place, place.changes(paths))


def write(place: Workspace, path: str, text: str) -> None:
    (place.repo / path).parent.mkdir(parents=True, exist_ok=True)
    (place.repo / path).write_text(text)


def test_a_violation_names_file_line_and_rule(org: Organisation, approved: Approved, place: Workspace) -> None:
    path = next(one for one in sorted(approved.record.plan.paths_of(LIB)) if "test" in one)
    write(place, path, "import pytest\n\n\n@pytest.mark.skip\ndef test_x():\n    assert treble(2) == 6\n")

    with pytest.raises(GateViolation, match=rf"{path}:4: .*new-test-skipped, only a person may allow it"):
        commit(org, approved, place, tests_may_change=True)


def test_an_honest_change_passes(org: Organisation, approved: Approved, place: Workspace) -> None:
    path = next(one for one in sorted(approved.record.plan.paths_of(LIB)) if "test" in one)
    write(place, path, "from lib import treble\n\n\ndef test_x():\n    assert treble(2) == 6\n")

    commit(org, approved, place)


def test_a_path_that_the_plan_does_not_name_is_a_violation(
    org: Organisation, approved: Approved, place: Workspace
) -> None:
    write(place, "other.py", "x = 1\n")

    with pytest.raises(GateViolation, match=r"other.py:0: .*outside-plan"):
        commit(org, approved, place)
