"""What a deployment works with, and what it gives back to the stack."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.aws.engine import ACCOUNT
from local.aws.permissions.grants import Permissions
from local.aws.runner import Runner


class Clients:
    """boto3 clients of the embedded AWS, one per service."""

    def __init__(self, url: str, region: str) -> None:
        self._url = url
        self._region = region
        self._lock = threading.Lock()
        self._made: dict[str, Any] = {}

    def __call__(self, service: Any) -> Any:
        import boto3
        from botocore.config import Config

        with self._lock:
            if service not in self._made:
                session = boto3.session.Session("local", "local", region_name=self._region)
                config = Config(proxies={}, max_pool_connections=50)
                self._made[service] = session.client(service, endpoint_url=self._url, config=config)
            return self._made[service]


@dataclass(frozen=True)
class Route:
    """`path` as in the template, e.g. ``/tasks/{id}``; `method` in capitals, ``ANY`` for all."""

    method: str
    path: str
    function: str


@dataclass(frozen=True)
class QueueSource:
    """An SQS event source mapping; `window` is MaximumBatchingWindowInSeconds."""

    queue_arn: str
    function: str
    batch_size: int
    window: float
    partial: bool


@dataclass(frozen=True)
class Schedule:
    """Fires `payload` (JSON text) at the function or state machine `target` every `seconds`."""

    name: str
    seconds: float
    target: str
    payload: str


@dataclass
class Deployment:
    """`secrets` by the secret's logical id; `environment` is added to every function's variables; `handlers` by the
    function's logical id are stronger than the template's."""

    name: str
    region: str
    root: Path
    logs: Path
    clients: Clients
    runner: Runner
    secrets: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    handlers: Mapping[str, str] = field(default_factory=dict)
    permissions: Permissions = field(default_factory=lambda: Permissions(ACCOUNT))
    routes: list[Route] = field(default_factory=list)
    queues: list[QueueSource] = field(default_factory=list)
    schedules: list[Schedule] = field(default_factory=list)
    tables: dict[str, str] = field(default_factory=dict)
    buckets: dict[str, str] = field(default_factory=dict)
    machines: dict[str, str] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def arn(self, service: str, rest: str) -> str:
        return f"arn:aws:{service}:{self.region}:{ACCOUNT}:{rest}"

    def physical(self, logical_id: str, given: Any = None) -> str:
        """A resource's own name, else one made of the stack's and the logical id, as CloudFormation does."""
        return str(given) if given else f"{self.name}-{logical_id}"
