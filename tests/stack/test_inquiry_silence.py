"""Discovery that is not sure, and nobody who answers: reminders, an end by name, and the way on from there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.stack.journey import running
from tests.stack.test_inquiry import CHOSEN, buttons, command

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(600)]


def test_silence_is_reminded_of_and_ends_by_a_name_that_can_be_gone_on_from(tmp_path: Path) -> None:
    short = {"APPROVAL_TIMEOUT_SECONDS": "6", "APPROVAL_REMINDER_SECONDS": "2"}
    with running(tmp_path, DISCOVERY_CONFIDENCE="1", DISCOVERY_MODEL="off", **short) as journey:
        task = journey.start()

        story = journey.reach(task, "expired")

        assert story["task"]["detail"] == "nobody said in time which repository is meant"
        kinds = [line["kind"] for line in story["timeline"]]
        assert (kinds.count("repository asked"), kinds.count("reminded"), kinds.count("escalated")) == (1, 1, 1)
        [message] = [one for one in journey.messages() if "Which repository" in json.dumps(one)]
        assert not buttons(message)
        command(journey, f"add {task} {CHOSEN}")
        command(journey, f"retry {task}")
        assert journey.reach(task, "awaiting_approval")
