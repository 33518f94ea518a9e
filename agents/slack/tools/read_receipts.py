"""Tool: read_receipts."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import Field

from ferry.agentkit.tool import Tool, ToolInput
from ferry.ports import TaskStore


class ReadReceipts(ToolInput):
    """What became of webhooks, newest first: started, duplicate, ignored, rejected or decided, each with the reason."""

    task: str = Field(default="", max_length=100, description="Those that touched this task; empty: that touched none.")


def read_receipts(store: TaskStore, note: Callable[[str], None]) -> Tool[ReadReceipts]:
    def run(ask: ReadReceipts) -> str:
        found = store.receipts(ask.task)
        note(f"{len(found)} receipts of {f'task {ask.task}' if ask.task else 'deliveries that touched no task'}")
        return "\n".join(f"{one.at} {one.delivery} {one.outcome}: {one.reason}" for one in found) or "(no receipts)"

    return Tool(ReadReceipts, run)
