"""On the whole stack: a review teaches, the next plan says so before people, what is forgotten is in no plan after."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from tests.stack.journey import Journey, Json, running

pytestmark = [pytest.mark.stack, pytest.mark.timeout(480)]
REPO = "acme/pricing"
PEOPLE = {"people": "writer=writer-token", "readers": ""}
ASKED = "Volume discounts: say that the limit itself counts, in pieces of one item"


@dataclass
class Review:
    """A stack with one finished task, whose change a reviewer had corrected."""

    journey: Journey
    link: str

    def lessons(self) -> list[Json]:
        """That reviews taught."""
        found: list[Json] = json.loads(self.journey.ferry("memory", "list", REPO, "--json").stdout)
        return [one for one in found if one["origin"]["kind"] == "review"]

    def planned(self) -> tuple[str, str]:
        """The next ticket's task and its PLAN.md."""
        task = self.journey.start()
        story = self.journey.reach(task, "awaiting_approval")
        [pull] = [one for one in story["pull_requests"] if one["repo"] == REPO]
        file = self.journey.github(f"/repos/{REPO}/contents/PLAN.md?ref={pull['head']}")
        return task, base64.b64decode(file["content"]).decode()


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Review]:
    with running(tmp_path_factory.mktemp("checkout"), standins={"github": PEOPLE}) as journey:
        task = journey.start()
        journey.decide(task, "approve")
        story = journey.reach(task, "succeeded", seconds=150)
        [number] = [pull["number"] for pull in story["pull_requests"] if pull["repo"] == REPO]
        said = _says(journey, f"{REPO}/pulls/{number}/comments", path="src/acme_pricing/volume.py", line=3, body=ASKED)
        _says(journey, f"{REPO}/issues/{number}/comments", body="@ferry address review")
        review = Review(journey, said["html_url"])
        journey.until(review.lessons, 60)
        yield review


def _says(journey: Journey, place: str, **body: object) -> Json:
    url = f"{journey.peers.info['github']}/repos/{place}"
    head = {"commit_id": "0" * 40} if "path" in body else {}
    headers = {"Authorization": "Bearer writer-token"}
    answer = requests.post(url, json={**body, **head}, headers=headers, timeout=20)
    assert answer.ok, answer.text
    said: Json = answer.json()
    return said


def test_what_a_review_taught_is_in_the_next_plan_and_gone_once_forgotten(review: Review) -> None:
    [one] = review.lessons()
    assert ASKED in one["text"]
    assert "The description names the limit." in one["text"]
    assert one["origin"]["by"] == "github:writer"

    task, plan = review.planned()

    assert "## Lessons Ferry used" in plan
    assert f"[review]({one['origin']['link']}) by github:writer" in plan
    asked = [message for message in review.journey.messages() if "Lessons Ferry used" in str(message.get("blocks"))]
    assert one["origin"]["link"] in str(asked[-1]["blocks"])
    review.journey.decide(task, "reject")
    review.journey.reach(task, "rejected")

    assert review.journey.ferry("memory", "forget", REPO, one["id"]).returncode == 0

    assert review.lessons() == []
    assert one["origin"]["link"] not in review.planned()[1]


def test_a_ci_that_ferry_mended_on_the_way_taught_too(review: Review) -> None:
    told = [
        line["detail"]
        for task in review.journey.tasks()
        for line in review.journey.peers.story(task)["timeline"]
        if line["kind"] == "lesson learnt" and "CI was red" in line["detail"]
    ]

    assert told
    assert all("Mended by: " in line for line in told)
