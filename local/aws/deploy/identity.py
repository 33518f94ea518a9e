"""Creator of roles: what a function may do, as SAM's translator spells out the template's policies."""

from __future__ import annotations

from typing import Any

from local.aws.deploy.deployment import Deployment
from local.aws.deploy.intrinsics import Resource
from local.aws.engine import ACCOUNT
from local.aws.permissions.policy import read_statements


def role(deployment: Deployment, logical_id: str, properties: dict[str, Any]) -> Resource:
    """Managed policies (logs, queues) say nothing of what is checked here."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/{logical_id}"
    deployment.permissions.roles[arn] = read_statements(properties.get("Policies", []))
    return Resource(logical_id, {"Arn": arn, "RoleId": logical_id})
