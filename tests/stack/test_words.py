"""Words at the gate, over real HTTP: a modal in place of a second click, and a decision said in the thread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.stack.journey import Journey, running

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    with running(tmp_path_factory.mktemp("checkout")) as journey:
        yield journey


def standin(journey: Journey, act: str, **given: Any) -> Any:
    info = journey.peers.info
    asked = {"user": info["slack_users"]["approver"], **given}
    return requests.post(f"{info['slack']}/_standin/{act}", json=asked, timeout=20).json()


def views(journey: Journey) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = requests.get(f"{journey.peers.info['slack']}/_standin/views", timeout=20).json()[
        "views"
    ]
    return found


def test_a_mention_in_the_thread_sends_the_plan_back(journey: Journey) -> None:
    task = journey.start()
    journey.until(lambda: journey._open(task), 60)
    channel, _, ts = journey.peers.story(task)["task"]["message_ref"].partition(":")

    standin(journey, "mention", channel=channel, thread_ts=ts, text="<@U0FERRYBOT> changes please name every limit")

    story = journey.until(lambda: _revised(journey, task), 90)
    texts = [message["text"] for message in journey.messages() if message.get("thread_ts") == ts]
    assert story["approvals"][0]["reason"] == "please name every limit"
    assert any("Plan 2" in text for text in texts)
    assert journey.decide(task, "reject")["outcome"] == "decided"


def test_a_rejection_without_words_is_asked_for_them_and_then_said_in_the_thread(journey: Journey) -> None:
    """After the other: a worker that starts cold may take longer than the three seconds that Slack gives."""
    task = journey.start()
    asked = journey.decide(task, "reject", "")
    if "modal" not in asked["reason"]:
        pytest.skip("the worker began more than three seconds after the click")
    [view] = views(journey)

    words = {"feedback": {"text": {"type": "plain_text_input", "value": "not this quarter"}}}
    sent = standin(journey, "submit", view_id=view["id"], state=words)

    assert (sent["status"], sent["body"]) == (200, "")
    assert not views(journey)
    story = journey.reach(task, "rejected")
    assert story["approvals"][-1]["reason"] == "not this quarter"


def _revised(journey: Journey, task: str) -> dict[str, Any] | None:
    story = journey.peers.story(task)
    newest = story["approvals"][-1]
    return story if newest["revision"] == 2 and newest["message_ref"] else None
