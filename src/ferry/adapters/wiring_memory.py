"""Composition of what was learnt."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ferry.adapters.wiring import WorldSettings
    from ferry.ports import Clock, Memory


class Remembering:
    """A part of `AgentWorld`, as `Watching` is."""

    settings: WorldSettings
    clock: Clock

    @cached_property
    def memory(self) -> Memory:
        """The table is the record everywhere; AgentCore ranks what is in it where one is configured."""
        from ferry.adapters.dynamodb import DynamoMemory
        from ferry.adapters.wiring import client

        record = DynamoMemory(client("dynamodb"), self.settings.task_table, self.clock)
        if not self.settings.memory_id:
            return record
        from ferry.adapters.agentcore import memory, memory_records

        return memory.AgentCoreMemory(record, memory_records.client(), self.settings.memory_id)
