"""Settings say all that is wrong at once, by the variable's name and with the remedy."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ferry.domain.errors import InvalidSettings
from ferry.settings import read


@dataclass(frozen=True)
class Example:
    queue_url: str
    lease_seconds: int
    approvers: tuple[str, ...]
    note: str = "none"


def test_settings_are_read_by_type() -> None:
    environ = {"QUEUE_URL": "u", "LEASE_SECONDS": "30", "APPROVERS": "U1, U2,", "OTHER": "x"}

    assert read(Example, environ) == Example("u", 30, ("U1", "U2"))


def test_every_fault_is_named_at_once_with_the_remedy() -> None:
    with pytest.raises(InvalidSettings) as error:
        read(Example, {"LEASE_SECONDS": "soon", "QUEUE_URL": ""})

    message = str(error.value)
    assert "QUEUE_URL is not set" in message
    assert "LEASE_SECONDS must be a whole number" in message
    assert "APPROVERS is not set" in message
    assert "template.yaml" in message
