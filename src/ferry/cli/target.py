"""Which Ferry the command line speaks to: the local stack of this folder if one runs, else a stack in AWS."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from ferry.adapters import wiring
from ferry.adapters.aws import translated
from ferry.adapters.wiring import CloudWorld, WorldSettings
from ferry.domain.errors import FerryError, InvalidSettings

DEFAULT_STACK = "ferry-dev"
FOLDER = Path(".local")
HELP = (
    "start the local stack with `make up`, or give AWS credentials and a region (AWS_PROFILE, AWS_REGION) and --stack"
)


@dataclass(frozen=True)
class Target:
    """environment: what the AWS SDK must be told before the first client is made."""

    settings: WorldSettings
    environment: Mapping[str, str] = field(default_factory=dict)


class CloudFormation(Protocol):
    def describe_stacks(self, *, StackName: str) -> Mapping[str, Any]: ...  # noqa: N803 - AWS's own word


def connect(stack: str) -> CloudWorld:
    """stack: name of a CloudFormation stack; empty for the local stack, or `DEFAULT_STACK` where none runs.

    InvalidSettings when there is nothing to speak to.
    """
    target = find(stack, FOLDER)
    os.environ.update(target.environment)
    return CloudWorld(target.settings)


def find(stack: str, folder: Path) -> Target:
    """folder: the checkout's ``.local``."""
    if not stack and running(folder):
        return local(json.loads((folder / "stack.json").read_text("utf-8")))
    name = stack or DEFAULT_STACK
    try:
        with translated("AWS CloudFormation DescribeStacks"):
            return cloud(name, wiring.client("cloudformation"))
    except FerryError as error:
        raise InvalidSettings(
            f"no local stack runs here, and the stack {name} cannot be read ({error}): {HELP}"
        ) from error


def running(folder: Path) -> bool:
    """Whether a living process holds the stack's lock; a stack.json that a dead one left behind says nothing."""
    if not (folder / "stack.json").is_file():
        return False
    with (folder / "stack.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def local(info: Mapping[str, Any]) -> Target:
    """info: stack.json (design §5)."""
    machine = str(info["state_machines"]["delivery"])
    region, account, stage = _parts(machine)
    settings = WorldSettings(
        task_table=info["table"],
        artifact_bucket=f"ferry-{stage}-{account}-{region}",
        delivery_machine_arn=machine,
        github_api_url=info["github"],
        github_org=info["github_org"],
        github_token_id=f"ferry/{stage}/GithubToken",
        jira_base_url=info["jira"],
        jira_email="",
        jira_token_id=f"ferry/{stage}/JiraToken",
        slack_api_url=f"{info['slack']}/api/",
        slack_channel=info["slack_channel"],
        slack_token_id=f"ferry/{stage}/SlackToken",
        model=info.get("models", {}).get("model", ""),
        models=info.get("models", {}).get("models", ""),
        delivery_queue_url=info["queues"]["deliveries"],
        dead_letter_queue_url=info["queues"]["dead_letters"],
        ignored_repositories=_patterns(info.get("scope", {}).get("ignored", "")),
        indexed_forks=_patterns(info.get("scope", {}).get("forks", "")),
    )
    environment = {
        "AWS_ENDPOINT_URL": info["aws"],
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return Target(settings, environment)


def cloud(stack: str, client: CloudFormation) -> Target:
    """From the stack's outputs and parameters, as template.yaml names them."""
    found = client.describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", ())}
    given = {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in found.get("Parameters", ())}
    if missing := {"TaskTable", "ArtifactBucket", "DeliveryMachine"} - outputs.keys():
        raise InvalidSettings(f"the stack {stack} has no output {', '.join(sorted(missing))}: is it Ferry's?")
    stage = given.get("Stage", "")
    return Target(
        WorldSettings(
            task_table=outputs["TaskTable"],
            artifact_bucket=outputs["ArtifactBucket"],
            delivery_machine_arn=outputs["DeliveryMachine"],
            github_api_url=given.get("GithubApiUrl", ""),
            github_org=given.get("GithubOrg", ""),
            github_token_id=f"ferry/{stage}/GithubToken",
            jira_base_url=given.get("JiraBaseUrl", ""),
            jira_email=given.get("JiraEmail", ""),
            jira_token_id=f"ferry/{stage}/JiraToken",
            slack_api_url=given.get("SlackApiUrl", ""),
            slack_channel=given.get("SlackChannel", ""),
            slack_token_id=f"ferry/{stage}/SlackToken",
            model=given.get("Model", ""),
            models=given.get("Models", ""),
            delivery_queue_url=outputs.get("DeliveryQueueUrl", ""),
            dead_letter_queue_url=outputs.get("DeadLetterQueueUrl", ""),
            github_app_id=given.get("GithubAppId", ""),
            github_installation_id=given.get("GithubInstallationId", ""),
            ignored_repositories=_patterns(given.get("IgnoredRepositories", "")),
            indexed_forks=_patterns(given.get("IndexedForks", "")),
            memory_id=outputs.get("MemoryId", ""),
        )
    )


def _patterns(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _parts(arn: str) -> tuple[str, str, str]:
    """Region, account and stage of ``arn:aws:states:<region>:<account>:stateMachine:ferry-<stage>-delivery``."""
    _, _, _, region, account, _, name = arn.split(":", 6)
    return region, account, name.removeprefix("ferry-").removesuffix("-delivery")
