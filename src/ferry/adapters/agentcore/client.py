"""The client of a Code Interpreter, and which one it is for."""

from __future__ import annotations

from typing import Any

# A request may take a quarter of an hour, and asking twice for a command would run it twice.
OPTIONS: dict[str, Any] = {
    "connect_timeout": 10,
    "read_timeout": 910,
    "retries": {"total_max_attempts": 1},
    "tcp_keepalive": True,
}


def client() -> Any:
    """By the ordinary credential chain."""
    import boto3
    from botocore.config import Config

    return boto3.client("bedrock-agentcore", config=Config(**OPTIONS))
