"""CicdAgent: the function behind the states "Fix CI" and, of the comment machine, "Change"."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from agents.cicd.agent import fix_ci
from agents.cicd.asked import oblige
from ferry.adapters.agent_entry import agent
from ferry.adapters.wiring import AgentWorld
from ferry.adapters.workbenches import WritingSettings, workbench
from ferry.domain.step import StepRequest
from ferry.settings import read


def _work(request: StepRequest, world: AgentWorld) -> Mapping[str, Any]:
    work = oblige if request.asked else fix_ci
    with workbench(world, read(WritingSettings, os.environ), request) as bench:
        return work(request, bench)


handler = agent(_work)
