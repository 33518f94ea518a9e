"""A stack that no webhook of Jira and GitHub ever reaches: a module of its own, for stacks share one engine."""

from __future__ import annotations

import pytest

from tests.stack.journey import Journey, running

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(600)]


def test_a_ticket_and_its_checks_are_found_though_every_webhook_is_lost(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """By the template's own schedule, with sweeps that overtake each other."""
    folder = tmp_path_factory.mktemp("silent")
    with running(folder, silent=("jira", "github"), SWEEP_RATE="rate(6 seconds)") as journey:
        key = journey.ticket()
        journey.peers.label(key)
        task = journey.started(key)
        journey.decide(task, "approve")

        story = journey.reach(task, "succeeded", "escalated", "failed", seconds=150)

        assert story["task"]["status"] == "succeeded", story["task"]["detail"]
        assert [one for one in journey.tasks() if one.startswith(f"{key}-")] == [task]
        [named] = [name for name in receipts(journey) if name.startswith(f"sweep:{key}-")]
        assert journey.peers.receipt(named)["outcome"] == "started"  # type: ignore[index]
        mended = [journey.peers.receipt(name) for name in receipts(journey) if name.startswith(f"sweep:ci:{task}")]
        assert len(mended) >= 2
        assert {one["outcome"] for one in mended if one} == {"mended"}
        assert {line["kind"] for line in story["timeline"]} >= {"ci passed", "succeeded"}


def receipts(journey: Journey) -> list[str]:
    items = journey.stack.clients("dynamodb").scan(TableName=journey.peers.info["table"])["Items"]
    return [item["pk"]["S"].removeprefix("DELIVERY#") for item in items if item["sk"]["S"] == "RECEIPT"]
