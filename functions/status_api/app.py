"""GET /deliveries/{id}, GET /tasks/{id} and GET /tasks?status=&limit=&after=, for whoever holds the operator token."""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from ferry.adapters import api_gateway
from ferry.adapters.wiring import CloudWorld
from ferry.domain.errors import NotFound
from ferry.domain.request import Request
from ferry.settings import read
from ferry.usecases.story import list_tasks, story


@dataclass(frozen=True)
class StatusSettings:
    operator_token_id: str


@cache
def _wiring() -> tuple[CloudWorld, StatusSettings]:
    return CloudWorld.from_environment(), read(StatusSettings, os.environ)


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    world, settings = _wiring()
    request = api_gateway.request(event)
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), world.secrets.get(settings.operator_token_id).encode()):
        return api_gateway.answer(
            401, {"error": "not authentic", "reason": "send Authorization: Bearer <operator token>"}
        )
    try:
        return api_gateway.answer(200, _read(event["resource"], request, world))
    except NotFound as error:
        return api_gateway.answer(404, {"error": "not found", "reason": str(error)})
    except ValueError as error:
        return api_gateway.answer(400, {"error": "not understood", "reason": str(error)})


def _read(resource: str, request: Request, world: CloudWorld) -> dict[str, Any]:
    if resource.startswith("/deliveries"):
        return asdict(world.store.receipt(request.path["id"]))
    if not request.path:
        return list_tasks(request.query, world)
    return story(request.path["id"], world)
