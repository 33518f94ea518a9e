"""What a repository writes down about how it is worked on, on the whole stack."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from tests.stack.journey import Journey, running

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]
REPO, NESTED = "acme/pricing", "src/acme_pricing/AGENTS.md"


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    with running(tmp_path_factory.mktemp("checkout")) as journey:
        yield journey


def plan(journey: Journey, task: str) -> str:
    """The conventions' section of PLAN.md on the draft of `REPO`."""
    story = journey.reach(task, "awaiting_approval", seconds=90)
    [branch] = [pull["branch"] for pull in story["pull_requests"] if pull["repo"] == REPO]
    file = journey.github(f"/repos/{REPO}/contents/PLAN.md?ref={branch}")
    text = base64.b64decode(file["content"]).decode()
    return text.partition("## Conventions")[2].partition("## Data flow")[0]


def test_a_plan_shows_the_conventions_on_the_way_to_its_files_as_they_are_when_it_is_made(journey: Journey) -> None:
    before = plan(journey, journey.start())

    sha = journey.push(REPO, NESTED, "Tiers are one table.\n")
    after = plan(journey, journey.start())

    assert NESTED not in before
    assert "- `acme/pricing` `AGENTS.md` at `" in before
    assert f"- `acme/pricing` `AGENTS.md` at `{sha[:7]}`\n- `acme/pricing` `{NESTED}` at `{sha[:7]}`\n" in after
