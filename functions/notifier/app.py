"""The ends of the machine: writes the task's last status and tells Slack and Jira."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ferry.adapters.wiring import CloudWorld
from ferry.domain.errors import InvalidDocument
from ferry.usecases.finish import expire, fail, finish, nothing, reject

_world = cache(CloudWorld.from_environment)


def handler(event: Mapping[str, Any], context: object) -> dict[str, str]:
    task_id, world = event["task_id"], _world()
    match event["end"]:
        case "finish":
            return {"status": finish(task_id, world)}
        case "reject":
            return {"status": reject(task_id, event["reason"], world)}
        case "expire":
            return {"status": expire(task_id, world)}
        case "nothing":
            return {"status": nothing(task_id, event["error"], world)}
        case "fail":
            return {"status": fail(task_id, event["error"], world)}
        case other:
            raise InvalidDocument(f"end: {other} is none of finish, reject, expire, nothing, fail")
