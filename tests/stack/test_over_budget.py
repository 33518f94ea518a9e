"""A task whose money is used up rests by name, and goes on from there when a person lets it spend more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ferry.domain.ledger import dollars
from tests.stack.journey import running

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(600)]
CENTS = 11  # the scripted plan costs 3, the work after it 9


def test_a_task_out_of_money_rests_and_a_raise_carries_it_to_green_from_where_it_stopped(tmp_path: Path) -> None:
    folder = tmp_path / "checkout"
    folder.mkdir()

    with running(folder, TASK_BUDGET_CENTS=str(CENTS), DISCOVERY_MODEL="off") as journey:
        task = journey.start()
        journey.decide(task, "approve")
        story = journey.reach(task, "over_budget", seconds=90)
        before = len([line for line in story["timeline"] if line["kind"] == "proved"])
        calls = len([entry for entry in story["ledger"] if entry["step"] == "execution"])

        assert story["task"]["resume_from"] == "execute"
        assert calls > 0
        assert 0 < story["micro_dollars"] <= CENTS * 10_000
        assert f"task {task} may spend {dollars(CENTS * 10_000)}" in story["task"]["detail"]
        remedy = f"/agent raise {task} &lt;dollars&gt;"
        journey.until(lambda: remedy in json.dumps(journey.messages()), 20)

        said = journey.ferry("raise", task, "2")
        assert "goes on at its step execute" in said.stdout, said.stderr
        story = journey.reach(task, "succeeded", seconds=150)

        assert [line["kind"] for line in story["timeline"]].count("ceiling raised") == 1
        assert story["micro_dollars"] <= CENTS * 10_000 + 2_000_000
        proved = [line["detail"] for line in story["timeline"] if line["kind"] == "proved"]
        assert len(proved) == len(set(proved)) >= before
        assert "ceiling raised" in journey.ferry("audit", "show", task).stdout
        assert "Step Functions" in journey.ferry("cost", task).stdout
        month = json.loads(journey.ferry("cost", "--json").stdout)
        assert {line["name"] for line in month["lines"]} >= {"team FERRY", "repo acme/pricing"}
