"""The stack's secrets: random, its own, kept over restarts, each replaceable by the environment."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path

from local.aws.claim import write_private

NAMES = (
    "jira_webhook",
    "github_webhook",
    "sentry_client",
    "slack_signing",
    "github_token",
    "jira_token",
    "slack_token",
    "sentry_token",
    "operator",
)


def stack_secrets(path: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """One value per name: FERRY_SECRET_<NAME> if set, else what `path` keeps (mode 600), else a new random one."""
    kept: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    own = {name: kept.get(name) or secrets.token_hex(20) for name in NAMES}
    if own != kept:
        write_private(path, json.dumps(own, indent=2) + "\n")
    return {name: environment.get(f"FERRY_SECRET_{name.upper()}") or value for name, value in own.items()}


def by_logical_id(values: Mapping[str, str]) -> dict[str, str]:
    """``jira_webhook`` is the value of the template's ``JiraWebhookSecret``."""
    return {"".join(part.title() for part in name.split("_")) + "Secret": value for name, value in values.items()}
