"""What the integrity gate only asks about: kept, committed once a person allowed it, and not by an agent's own word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from agents.execution.agent import execute
from ferry.domain.approval import Decision
from ferry.domain.change import FileChange
from ferry.domain.errors import PermissionNeeded, WorkNotDone
from ferry.domain.held import Held
from ferry.domain.step import held_key
from tests.unit.agents.organisation import (
    BRANCH,
    LIB,
    TASK,
    TREBLE,
    TREBLE_TEST,
    Organisation,
    call,
    done,
    organisation,
    plan_task,
)

SLOW = """
import os

import pytest


@pytest.mark.skipif("CI_SLOW" not in os.environ, reason="slow")
def test_slow():
    assert treble(3) == 9
"""
SKIPS = TREBLE_TEST + SLOW
OTHER = SKIPS.replace("treble(3) == 9", "treble(4) == 12")
FOCUSED = "import sys\n\n" + SKIPS + "\n\ndef test_end():\n    sys.exit(0)\n"


def scene(test: str, item: str = "T1", file: str = "treble.py", path: str = "tests/test_treble.py") -> dict[str, Any]:
    wrote = [call("write_file", path=path, content=test), call("write_file", path=file, content=TREBLE)]
    return {"when": {"item": item}, "replies": [{"calls": wrote}, {"calls": [done()]}]}


def asks(*scenes: Mapping[str, Any], tasks: Sequence[Mapping[str, Any]] = (plan_task(),)) -> Organisation:
    return organisation({"execution": scenes or [scene(SKIPS)]}, tasks)


def run(org: Organisation) -> dict[str, Any]:
    return execute(org.request("execution"), org.bench)


def held(org: Organisation) -> Held:
    key = held_key(TASK, LIB)
    return Held.read(org.artifacts.get(key), key)


def asked(org: Organisation) -> Held:
    """The change that waits, after an execution that ended with the question."""
    with pytest.raises(PermissionNeeded):
        run(org)
    return held(org)


def allow(org: Organisation, *digests: str) -> None:
    org.decide(Decision.APPROVED, allowances=digests)


def test_nothing_is_committed_and_the_exact_change_is_kept() -> None:
    org = asks()
    before = org.head()

    with pytest.raises(
        PermissionNeeded, match=r"T1 in acme/lib .* allow: tests/test_treble.py:\d+: .*new-test-skipped"
    ):
        run(org)

    assert org.head() == before
    kept = held(org)
    assert [finding.rule for finding in kept.findings] == ["new-test-skipped"]
    assert {file.path: file.after for file in kept.files}["tests/test_treble.py"] == SKIPS.encode()
    assert len(org.events("permission needed")) == 1


def test_an_allowed_change_is_proved_anew_and_committed_without_asking_a_model_again() -> None:
    org = asks()
    waits = asked(org)
    talked = len(org.model.asked)
    allow(org, waits.digest)

    assert run(org)["commits"] == 1

    assert len(org.model.asked) == talked
    assert org.text("tests/test_treble.py") == SKIPS
    assert held(org).commit == org.head()
    assert len(org.events("allowed")) == len(org.events("proved")) == 1


def test_an_approval_without_the_allowance_commits_nothing() -> None:
    org = asks()
    asked(org)
    allow(org)
    before = org.head()

    asked(org)

    assert org.head() == before


def test_an_allowance_does_not_carry_another_diff() -> None:
    org = asks(scene(OTHER))
    other = asked(asks(scene(SKIPS)))
    allow(org, other.digest)

    assert asked(org).digest != other.digest


def test_an_allowance_does_not_carry_another_task_or_file() -> None:
    again = scene(SKIPS.replace("from treble", "from again"), "T2", "again.py", "tests/test_again.py")
    org = asks(scene(SKIPS), again, tasks=(plan_task(), plan_task("T2", LIB, "again.py", "tests/test_again.py")))
    first = asked(org)
    allow(org, first.digest)

    second = asked(org)

    assert (second.item, org.text("tests/test_treble.py")) == ("T2", SKIPS)
    assert "tests/test_again.py" not in org.files()


def test_an_allowance_of_an_older_mandate_counts_no_more() -> None:
    org = asks()
    waits = asked(org)
    allow(org, waits.digest)
    allow(org)
    before = org.head()

    asked(org)

    assert org.head() == before


@pytest.mark.parametrize(
    "forged",
    [
        lambda kept: kept.model_copy(update={"findings": ()}),
        lambda kept: kept.model_copy(update={"item": "T2"}),
        lambda kept: kept.model_copy(
            update={"files": tuple(one.model_copy(update={"after": FOCUSED.encode()}) for one in kept.files)}
        ),
    ],
)
def test_a_forged_artifact_is_not_what_was_allowed(forged: Any) -> None:
    org = asks()
    waits = asked(org)
    talked = len(org.model.asked)
    org.artifacts.put(held_key(TASK, LIB), forged(waits).model_dump_json().encode())
    allow(org, waits.digest)

    assert run(org)["commits"] == 1

    assert len(org.model.asked) > talked
    assert org.text("tests/test_treble.py") == SKIPS


def test_a_forged_artifact_that_hides_what_blocks_is_refused_though_somebody_allowed_it() -> None:
    org = asks(scene(FOCUSED))
    waits = asked(asks())
    files = [
        one.model_copy(update={"after": FOCUSED.encode()}) if one.path.startswith("tests/") else one
        for one in waits.files
    ]
    forged = waits.model_copy(update={"files": tuple(files)})
    org.artifacts.put(held_key(TASK, LIB), forged.model_dump_json().encode())
    allow(org, forged.digest)

    with pytest.raises(WorkNotDone, match="early-exit"):
        run(org)

    assert "as it was allowed" in org.events("attempt failed")[0]


def test_an_allowed_change_of_a_file_that_moved_meanwhile_is_made_anew() -> None:
    org = asks()
    waits = asked(org)
    allow(org, waits.digest)
    theirs = FileChange("tests/test_treble.py", b"# Theirs\n")
    head = org.forge.commit(LIB, BRANCH, parent=org.head(), message="theirs", changes=[theirs])
    org.store.put_pull_request(TASK, org.pull().model_copy(update={"head": head}))

    fresh = asked(org)

    assert fresh.digest != waits.digest
    assert "what was allowed is not what it would change now" in "".join(org.events("attempt failed"))


def test_what_blocks_beside_what_asks_is_an_attempt_that_failed() -> None:
    org = asks(scene(FOCUSED))

    with pytest.raises(WorkNotDone, match="early-exit"):
        run(org)

    assert held_key(TASK, LIB) not in org.artifacts.documents


def test_a_change_that_is_not_proved_asks_nobody() -> None:
    wrote = call("write_file", path="tests/test_treble.py", content=SKIPS)
    org = asks({"when": {}, "replies": [{"calls": [wrote]}, {"calls": [done()]}]})

    with pytest.raises(WorkNotDone, match="2 tests fail with the change"):
        run(org)

    assert held_key(TASK, LIB) not in org.artifacts.documents
