"""Who may do what: every function's statements, found by the access key that it signs with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.aws.permissions.dynamodb import DynamoCalls
from local.aws.permissions.policy import Call, Statement, permits
from local.aws.permissions.request import Request, UnreadableError
from local.aws.permissions.s3 import calls as s3_calls


@dataclass(frozen=True)
class Holder:
    """function: its logical id."""

    function: str
    statements: tuple[Statement, ...]


@dataclass
class Permissions:
    """Filled by the deployer. Whoever signs with a key that no function has is an operator and may do all.

    roles: statements by role ARN; hash_keys: as `HashKeys`. Of a service that is not checked here every call passes.
    """

    account: str
    roles: dict[str, tuple[Statement, ...]] = field(default_factory=dict)
    hash_keys: dict[str, dict[str, str]] = field(default_factory=dict)
    _holders: dict[str, Holder] = field(default_factory=dict)

    def admit(self, function: str, role: str) -> str:
        """The access key of a function that has this role; an unknown role permits nothing."""
        key = f"LOCAL{function}"
        self._holders[key] = Holder(function, self.roles.get(role, ()))
        return key

    def holder(self, key: str) -> Holder | None:
        return self._holders.get(key)

    def refusal(self, holder: Holder, request: Request) -> str:
        """In AWS's words why the call is refused; "" when it may pass."""
        user = f"arn:aws:sts::{self.account}:assumed-role/{holder.function}Role/{holder.function}"
        try:
            for call in self.calls(request):
                if not permits(holder.statements, call):
                    said = f"perform: {call.action} on resource: {call.resource}"
                    return f"User: {user} is not authorized to {said} because no identity-based policy allows it"
        except UnreadableError as error:
            return f"User: {user}: the local stack cannot tell what this call asks for: {error}"
        return ""

    def calls(self, request: Request) -> list[Call]:
        """What the request needs permission for. UnreadableError."""
        match request.signer.service:
            case "dynamodb":
                return DynamoCalls(self.hash_keys, self.account).of(request)
            case "s3":
                return s3_calls(request)
            case "secretsmanager":
                return [Call(f"secretsmanager:{request.operation}", str(request.body.get("SecretId", "*")))]
            case _:
                return []

    def know_table(self, name: str, properties: Mapping[str, Any]) -> None:
        """properties: of ``AWS::DynamoDB::Table``."""
        indexes = [*properties.get("GlobalSecondaryIndexes", []), *properties.get("LocalSecondaryIndexes", [])]
        self.hash_keys[name] = {"": _hash(properties)} | {one["IndexName"]: _hash(one) for one in indexes}


def _hash(schema: Mapping[str, Any]) -> str:
    return next(str(key["AttributeName"]) for key in schema["KeySchema"] if key["KeyType"] == "HASH")
