"""A change set over the whole stack: its checks follow the merges, and a task is undone as one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from ferry.domain.change_set import CHECK
from tests.stack.journey import Journey, running

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    people = {"github": {"people": "ada=ada-token"}}
    with running(tmp_path_factory.mktemp("checkout"), standins=people) as journey:
        yield journey


def check(journey: Journey, pull: dict[str, Any]) -> str:
    head = journey.github(f"/repos/{pull['repo']}/pulls/{pull['number']}")["head"]["sha"]
    found = journey.github(f"/repos/{pull['repo']}/commits/{head}/status")["statuses"]
    return next((f"{one['state']}: {one['description']}" for one in found if one["context"] == CHECK), "")


def merge(journey: Journey, pull: dict[str, Any]) -> None:
    url = f"{journey.peers.info['github']}/repos/{pull['repo']}/pulls/{pull['number']}/merge"
    answer = requests.put(url, headers={"Authorization": "Bearer ada-token"}, timeout=20)
    assert answer.ok, answer.text


@pytest.mark.slow
def test_checks_follow_the_merges_and_the_task_is_undone_as_one(journey: Journey) -> None:
    task = journey.start()
    journey.reach(task, "awaiting_approval")
    journey.decide(task, "approve")
    story = journey.reach(task, "succeeded", seconds=120)
    first, second = sorted(story["pull_requests"], key=lambda pull: pull["position"])

    assert check(journey, first).startswith("success: first in the merge order")
    assert check(journey, second).startswith(f"failure: waits for {first['repo']}#{first['number']}")

    merge(journey, first)
    journey.until(lambda: check(journey, second).startswith("success: all before it are merged"), 30)
    merge(journey, second)
    journey.until(lambda: any("pull requests are merged" in one["text"] for one in journey.messages()), 30)

    said = journey.ferry("revert", task)

    assert said.returncode == 0, said.stderr
    assert "2 of 2 pull requests are prepared" in said.stdout
    for pull in (first, second):
        found = journey.github(f"/repos/{pull['repo']}/pulls?state=open")
        assert [one["head"]["ref"] for one in found] == [f"revert-{pull['number']}-{pull['branch']}"]
        assert "### Merge order" in found[0]["body"]
