"""State "Request approval": puts the plan before people in Slack; the decision resolves the token later."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ferry.adapters.wiring import CloudWorld
from ferry.usecases.decide import request_approval

_world = cache(CloudWorld.from_environment)


def handler(event: Mapping[str, Any], context: object) -> dict[str, str]:
    approval = request_approval(event["task_id"], event["revision"], event["token"], _world())
    return {"digest": approval.digest}
