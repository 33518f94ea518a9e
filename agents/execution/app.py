"""Execution: carries out the approved plan in one repository. Answers by task token."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from agents.execution.agent import execute
from ferry.adapters.wiring import CloudWorld
from ferry.adapters.workbenches import WritingSettings, workbench
from ferry.agentkit.workbench import Workbench
from ferry.domain.step import StepRequest
from ferry.settings import read
from ferry.usecases.step import answer


@cache
def _world() -> CloudWorld:
    return CloudWorld.from_environment()


@cache
def _settings() -> WritingSettings:
    return read(WritingSettings, os.environ)


@cache
def _bench() -> Workbench:
    return workbench(_world(), _settings())


def handler(event: Mapping[str, Any], context: object) -> None:
    """The bench is built inside the work, so that what is missing is told to the machine at once."""
    request = StepRequest.read(dict(event), "the step's event")
    answer(
        request.token,
        lambda: execute(request, _bench()),
        engine=_world().engine,
        heartbeat_seconds=_settings().heartbeat_seconds,
    )
