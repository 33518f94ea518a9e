"""States "Wait for CI" and "CI timed out": who waits for a commit's checks, and what is said when the time is over.

GitHub's events resolve the token in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ferry.adapters.wiring import CloudWorld
from ferry.domain.errors import InvalidDocument
from ferry.usecases.ci import lapse, watch

_world = cache(CloudWorld.from_environment)


def handler(event: Mapping[str, Any], context: object) -> dict[str, str]:
    task_id, repo, head = event["task_id"], event["repo"], event["head"]
    match event["step"]:
        case "watch":
            watch(task_id, repo, head, event["token"], _world())
            return {"head": head}
        case "lapse":
            return lapse(task_id, repo, head, _world())
        case other:
            raise InvalidDocument(f"step: {other} is none of watch, lapse")
