"""AWS in memory for the contract tests of AWS adapters."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock
from typing import Any

import pytest
from moto import mock_aws

from tests.fakes.moto_server import moto_server


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """moto, with state machines that really run."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        yield


@pytest.fixture
def aws_url(aws: None) -> Iterator[str]:
    """The same AWS over HTTP."""
    with moto_server() as url:
        yield url


def one_call_at_a_time(client: Any) -> None:
    """moto checks a condition and writes without a lock, which AWS does not; rivals still race between their calls."""
    lock = Lock()
    client.meta.events.register("before-call", lambda **_: lock.acquire() and None)
    for event in ("after-call", "after-call-error"):
        client.meta.events.register(event, lambda **_: lock.release())
