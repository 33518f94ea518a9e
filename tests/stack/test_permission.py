"""A finished change in which the integrity gate found what only a person may allow, from the question to green."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from tests.stack.journey import Journey, running
from tests.template import ROOT

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(900)]
BEFORE = "              def test_tax_is_contained_in_the_total(cart):\n\n    - text: They have to fail"
GUARDED = """
def test_a_discount_is_never_negative(cart):
    totals = order_totals(cart, "DE")
    if totals.volume_by_item:
        assert totals.volume.minor > 0


"""


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    """The sample's story, with a test more in T2 that asserts under a condition alone."""
    screenplay = copytree(ROOT / "local" / "screenplay", tmp_path_factory.mktemp("story") / "screenplay")
    story(screenplay / "execution.yaml")
    with running(tmp_path_factory.mktemp("checkout"), standins={"bedrock": {"screenplay": str(screenplay)}}) as journey:
        yield journey


def story(file: Path) -> None:
    text = file.read_text()
    assert text.count(BEFORE) == 1
    more = "".join(f"{' ' * 14}{line}\n" if line else "\n" for line in GUARDED.lstrip("\n").splitlines())
    file.write_text(text.replace(BEFORE, more + BEFORE))


def test_a_person_allows_what_was_found_and_exactly_that_is_committed(journey: Journey) -> None:
    task = journey.start()
    assert journey.decide(task, "approve")["outcome"] == "decided"
    journey.until(lambda: len(journey.peers.story(task)["approvals"]) == 2, 120)

    story = journey.reach(task, "awaiting_approval")
    asked = journey.until(lambda: journey.peers.story(task)["approvals"][-1]["message_ref"], 20)
    message = next(one for one in journey.messages() if f"{one['channel']}:{one['ts']}" == asked)
    said = json.dumps(message["blocks"])
    assert "new-test-guarded" in said
    assert "+    if totals.volume_by_item:" in said
    assert '"Allow"' in said
    checkout = next(pull for pull in story["pull_requests"] if pull["repo"] == "acme/checkout")
    kinds = [line["kind"] for line in story["timeline"]]
    assert (kinds.count("permission needed"), kinds.count("proved"), checkout["done"]) == (1, 1, False)

    receipt = journey.decide(task, "approve")
    assert (receipt["outcome"], receipt["reason"]) == ("decided", "approved by slack:UAPPROVER1")

    story = journey.reach(task, "succeeded", seconds=150)
    kinds = [line["kind"] for line in story["timeline"]]
    assert (kinds.count("permission needed"), kinds.count("allowed"), kinds.count("proved")) == (1, 1, 3)
    checkout = next(pull for pull in story["pull_requests"] if pull["repo"] == "acme/checkout")
    files = journey.github(f"/repos/acme/checkout/pulls/{checkout['number']}/files")
    patch = next(file["patch"] for file in files if file["filename"] == "tests/test_totals.py")
    assert "+def test_a_discount_is_never_negative(cart):" in patch
