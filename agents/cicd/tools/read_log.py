"""Tool: read_log."""

from __future__ import annotations

from ferry.agentkit.tool import Tool, ToolInput


class ReadLog(ToolInput):
    """Read what the failing steps of CI printed."""


def read_log(log: str) -> Tool[ReadLog]:
    return Tool(ReadLog, lambda _: log)
