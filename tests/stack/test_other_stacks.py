"""Stacks that are not the default one: another GitHub, a model that talks nonsense."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from local.sample.build import build_organisation
from local.server import serve
from local.standins import github
from local.standins.base import StandInSettings
from tests.stack.journey import running

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(600)]
TOKEN = "another-token"
NONSENSE = {
    "never submits": [{"replies": [{"text": "Nice weather."}] * 9}],
    "submits nonsense": [{"replies": [{"calls": [{"tool": "submit_result", "input": {"repositories": 7}}]}] * 9}],
    "refuses": [{"replies": [{"text": "I would rather not.", "stop": "refused"}]}],
    "calls tools that are not there": [{"replies": [{"calls": [{"tool": "push", "input": {}}]}] * 60}],
}
ENDS_AS = {
    "never submits": "NoResult",
    "submits nonsense": "NoResult",
    "refuses": "ModelRefused",
    "calls tools that are not there": "NoProgress",
}


@pytest.fixture
def other_github(tmp_path: Path) -> Iterator[str]:
    """A second instance on a port of its own, with its own repositories."""
    sample, state = tmp_path / "sample", tmp_path / "other"
    build_organisation(sample)
    state.mkdir()
    late: list[github.StandIn] = []
    server = serve(lambda environ, start: late[0].app(environ, start))
    late.append(github.create(StandInSettings(server.url, state, token=TOKEN, extra={"sample": str(sample)})))
    yield server.url
    server.stop()
    late[0].close()


def test_another_github_takes_the_stand_ins_place(tmp_path: Path, other_github: str) -> None:
    folder = tmp_path / "checkout"
    folder.mkdir()

    with running(folder, GITHUB_API_URL=other_github, FERRY_SECRET_GITHUB_TOKEN=TOKEN) as journey:
        task = journey.start()
        journey.decide(task, "reject")
        story = journey.reach(task, "rejected")

        assert journey.peers.info["github"] == other_github
        assert all(pull["url"].startswith(other_github) for pull in story["pull_requests"])
        assert all(
            journey.peers.pull(pull["repo"], pull["number"])["state"] == "closed" for pull in story["pull_requests"]
        )


@pytest.mark.parametrize("manner", NONSENSE)
def test_a_model_that_talks_nonsense_ends_in_a_named_error_and_the_task_can_go_on(tmp_path: Path, manner: str) -> None:
    folder, screenplay = tmp_path / "checkout", tmp_path / "screenplay"
    folder.mkdir()
    screenplay.mkdir()
    for agent in ("discovery", "planning"):
        (screenplay / f"{agent}.yaml").write_text(yaml.safe_dump(NONSENSE[manner]))

    with running(folder, standins={"bedrock": {"screenplay": str(screenplay)}}) as journey:
        task = journey.start()
        story = journey.reach(task, "failed")

        assert story["task"]["detail"].startswith(f"{ENDS_AS[manner]}: ")
        assert story["task"]["resume_from"] == "plan"
        [aside] = [line["detail"] for line in story["timeline"] if line["kind"] == "reranking set aside"]
        assert aside.startswith("the order by words stands: ")
        assert not story["pull_requests"]
