"""State "Wait for CI": remembers who waits for a commit's checks; GitHub's events resolve the token."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ferry.adapters.wiring import CloudWorld
from ferry.usecases.ci import watch

_world = cache(CloudWorld.from_environment)


def handler(event: Mapping[str, Any], context: object) -> dict[str, str]:
    watch(event["task_id"], event["repo"], event["head"], event["token"], _world())
    return {"head": event["head"]}
