"""ExecutionAgent: the function behind the state "Execute repository"."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from agents.execution.agent import execute
from ferry.adapters.agent_entry import agent
from ferry.adapters.wiring import AgentWorld
from ferry.adapters.workbenches import WritingSettings, workbench
from ferry.domain.step import StepRequest
from ferry.settings import read


def _work(request: StepRequest, world: AgentWorld) -> Mapping[str, Any]:
    with workbench(world, read(WritingSettings, os.environ), request) as bench:
        return execute(request, bench)


handler = agent(_work)
