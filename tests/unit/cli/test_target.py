"""Which Ferry the command line speaks to."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ferry.cli import target
from ferry.domain.errors import InvalidSettings

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:ferry-dev-delivery"
INFO = {
    "aws": "http://127.0.0.1:1", "github": "http://127.0.0.1:2", "jira": "http://127.0.0.1:3",
    "slack": "http://127.0.0.1:4", "github_org": "acme", "slack_channel": "C1", "table": "T",
    "state_machines": {"delivery": MACHINE}, "queues": {"deliveries": "http://q", "dead_letters": "http://d"},
}  # fmt: skip


class Stacks:
    def __init__(self, outputs: Mapping[str, str], parameters: Mapping[str, str]) -> None:
        self._stack = {
            "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()],
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        }

    def describe_stacks(self, *, StackName: str) -> Mapping[str, Any]:  # noqa: N803 - AWS's own word
        return {"Stacks": [self._stack]} if StackName == "ferry-prod" else {"Stacks": []}


def test_a_running_stack_of_this_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text(json.dumps(INFO))
    with (tmp_path / "stack.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = target.find("", tmp_path)

    assert found.environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert found.environment["AWS_ACCESS_KEY_ID"] == "local"
    assert found.settings.artifact_bucket == "ferry-dev-123456789012-eu-west-1"


def test_a_stack_json_left_by_a_dead_process_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text(json.dumps(INFO))
    (tmp_path / "stack.lock").write_text("123")

    assert not target.running(tmp_path)


def test_no_folder_means_no_local_stack(tmp_path: Path) -> None:
    assert not target.running(tmp_path / "nowhere")


def test_a_stack_in_aws_is_read_from_its_outputs_and_parameters() -> None:
    outputs = {"TaskTable": "T", "ArtifactBucket": "B", "DeliveryMachine": MACHINE}
    found = target.cloud(
        "ferry-prod", Stacks(outputs, {"Stage": "prod", "SlackChannel": "C9", "IgnoredRepositories": "a, b-*"})
    )

    assert found.settings.task_table == "T"
    assert found.settings.slack_channel == "C9"
    assert found.settings.slack_token_id == "ferry/prod/SlackToken"
    assert found.settings.ignored_repositories == ("a", "b-*")
    assert found.environment == {}


def test_a_stack_that_is_not_ferrys_is_refused_by_name() -> None:
    with pytest.raises(InvalidSettings, match="ferry-prod has no output ArtifactBucket, DeliveryMachine"):
        target.cloud("ferry-prod", Stacks({"TaskTable": "T"}, {}))
