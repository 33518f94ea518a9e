"""Every runner says of every test what became of it, and the proof that follows is the same in each language.

jest and vitest: npm install jest vitest, then FERRY_TEST_NODE_MODULES=<that folder>/node_modules.
"""

from __future__ import annotations

import pytest

from ferry.agentkit.proving import prove
from ferry.agentkit.runners import projects
from ferry.agentkit.suite import Suite
from ferry.domain.proof import Proof, Role, Status
from tests.contract.runner_kits import KITS, AtHome, Folders, Kit

SUITE = Suite(AtHome(), 300)


@pytest.fixture(params=KITS, ids=lambda kit: kit.name)
def kit(request: pytest.FixtureRequest) -> Kit:
    chosen: Kit = request.param
    if chosen.missing:
        pytest.skip(chosen.missing)
    return chosen


def proof(kit: Kit, test: str = "") -> Proof:
    return prove(Folders(kit.base, kit.head(test)), SUITE).proof


def test_a_test_that_needs_the_change_proves_it_and_its_reason_is_told(kit: Kit) -> None:
    found = proof(kit)

    assert found.proved, found.reason
    old, new = (next(case for case in found.cases if case.id == id) for id in (kit.old, kit.new))
    assert (old.role, old.head) == (Role.KEPT, Status.PASSED)
    assert (new.role, new.head) == (Role.PROVES, Status.PASSED)
    assert new.base in (Status.FAILED, Status.ERROR)
    assert "mul" in (new.why + new.note).casefold()
    assert {case.id for case in found.cases} == {kit.old, kit.new}


def test_a_test_that_passes_without_the_change_too_proves_nothing(kit: Kit) -> None:
    found = proof(kit, kit.vacuous)

    assert not found.proved
    assert "no test fails without the change and passes with it" in found.reason
    assert [case.id for case in found.of(Role.GUARDS)] == [kit.new]


def test_a_test_that_needs_what_nobody_brings_is_no_proof(kit: Kit) -> None:
    found = proof(kit, kit.strange)

    assert not found.proved
    assert "nowhere" in found.reason.casefold() or "lost" in found.reason


def test_a_test_that_is_skipped_from_now_on_is_lost(kit: Kit) -> None:
    found = proof(kit, kit.skipped)

    assert not found.proved
    assert found.reason.startswith(f"1 test that passed is lost: {kit.old} (skipped now")


def test_each_runner_is_found_by_the_files_of_its_repository(kit: Kit) -> None:
    with Folders(kit.base, {}).base() as root:
        assert [project.runner.name for project in projects(root / "repo")] == [kit.name]
