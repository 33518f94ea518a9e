"""AgentHost and Indexer on AWS Lambda: for work that ends within 15 minutes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ferry.adapters.aws import translated

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


class LambdaAgentHost:
    """functions: name or ARN of each agent's function."""

    def __init__(self, client: LambdaClient, functions: Mapping[str, str]) -> None:
        self._client = client
        self._functions = functions

    def run(self, agent: str, request: Mapping[str, Any]) -> None:
        with translated(f"Lambda Invoke {agent}"):
            self._client.invoke(
                FunctionName=self._functions[agent], InvocationType="Event", Payload=json.dumps(request).encode()
            )

    def stop(self, agent: str, request: Mapping[str, Any]) -> None:
        """Lambda cannot stop an invocation; its own time limit does, and its token is worth nothing any more."""


class LambdaIndexer:
    """Queued invocations of one function; Lambda itself tries one that fails twice again."""

    def __init__(self, client: LambdaClient, function: str) -> None:
        self._client = client
        self._function = function

    def refresh(self, repo: str) -> None:
        with translated("Lambda Invoke index"):
            self._client.invoke(
                FunctionName=self._function, InvocationType="Event", Payload=json.dumps({"repo": repo}).encode()
            )
