"""What the stack tells its stand-ins, the template's parameters and the functions about each other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.aws.deploy.deployment import Deployment

GITHUB_ORG, JIRA_PROJECT, JIRA_EMAIL = "acme", "FERRY", "ferry@standin.example"
SLACK_CHANNEL = "C0FERRY01"
SLACK_USERS = {"approver": "UAPPROVER1", "other": "UOTHER0002"}
QUEUES = {"deliveries": "DeliveryQueueUrl", "dead_letters": "DeadLetterQueueUrl"}
SCOPE = {"ignored": "IGNORED_REPOSITORIES", "forks": "INDEXED_FORKS"}
SCRIPTED_MODEL = "bedrock:scripted"

EXTRA: Mapping[str, Mapping[str, str]] = {
    "github": {"org": GITHUB_ORG},
    "jira": {"project": JIRA_PROJECT},
    "slack": {"channel": SLACK_CHANNEL, **SLACK_USERS},
    "sentry": {"organization": GITHUB_ORG},
    "bedrock": {"screenplay": str(Path(__file__).resolve().parents[1] / "screenplay")},
}
"""Each stand-in's `StandInSettings.extra`."""


def facts(deployment: Deployment, environment: Mapping[str, str]) -> dict[str, Any]:
    """The part of stack.json that is neither an address nor a secret."""
    return {
        "region": deployment.region,
        "github_org": GITHUB_ORG,
        "jira_project": JIRA_PROJECT,
        "slack_channel": SLACK_CHANNEL,
        "slack_users": dict(SLACK_USERS),
        "table": next(iter(deployment.tables.values()), ""),
        "state_machines": dict(deployment.machines),
        "queues": {name: deployment.outputs.get(output, "") for name, output in QUEUES.items()},
        "models": {"model": environment.get("MODEL") or SCRIPTED_MODEL, "models": environment.get("MODELS", "")},
        "scope": {name: environment.get(variable, "") for name, variable in SCOPE.items()},
    }


def parameters(api: str) -> dict[str, str]:
    """Values that the template's parameters may ask for by name, e.g. SlackChannel; the environment is stronger."""
    return {
        "PUBLIC_URL": api,
        "GITHUB_ORG": GITHUB_ORG,
        "JIRA_EMAIL": JIRA_EMAIL,
        "JIRA_PROJECT": JIRA_PROJECT,
        "SENTRY_ORG": GITHUB_ORG,
        "SLACK_CHANNEL": SLACK_CHANNEL,
        "APPROVERS": SLACK_USERS["approver"],
        "MODEL": SCRIPTED_MODEL,
    }


def sdk_variables(url: str, region: str, bedrock: str) -> dict[str, str]:
    """What makes any AWS SDK in a function talk to the embedded AWS; the access key is each function's own."""
    variables = {
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return variables | ({"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": bedrock} if bedrock else {})
