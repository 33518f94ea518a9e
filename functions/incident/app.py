"""The end of the incident machine: opens the one ticket of a fingerprint, or says why there is none."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ferry.adapters.wiring import CloudWorld
from ferry.domain.errors import InvalidDocument
from ferry.settings import read
from ferry.usecases.incident import incident_stopped, open_ticket


@dataclass(frozen=True)
class IncidentSettings:
    """trigger_label: the ticket carries it, so that a task starts."""

    trigger_label: str


@cache
def _wiring() -> tuple[CloudWorld, str]:
    return CloudWorld.from_environment(), read(IncidentSettings, os.environ).trigger_label


def handler(event: Mapping[str, Any], context: object) -> dict[str, str]:
    world, label = _wiring()
    match event["end"]:
        case "open":
            return {"ticket": open_ticket(event["fingerprint"], event["issue"], event["owner"], label, world)}
        case "fail":
            incident_stopped(event["issue"], event["error"], world)
            return {"ticket": ""}
        case other:
            raise InvalidDocument(f"end: {other} is none of open, fail")
