"""IndexFunction: brings one repository's index up to date; started by the worker for a push and by the sweep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from ferry.adapters.wiring import CloudWorld
from ferry.domain.errors import InvalidDocument
from ferry.usecases.indexing.refresh import library_of, refresh_named

logger = Logger(service="index")


@cache
def _world() -> CloudWorld:
    return CloudWorld.from_environment()


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """event: ``{"repo": "owner/name"}``. Lambda tries what raises twice again; the sweep does after that."""
    repo = event.get("repo")
    if not (isinstance(repo, str) and repo.count("/") == 1):
        raise InvalidDocument("the event's repo must be owner/name")
    answer = asdict(refresh_named(repo, library_of(_world())))
    logger.info("refreshed", **answer)
    return answer
