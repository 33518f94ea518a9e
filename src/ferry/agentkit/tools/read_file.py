"""Tool: read_file."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from ferry.agentkit.text import LIMIT
from ferry.agentkit.tool import Tool, ToolError, ToolInput
from ferry.agentkit.tools.paths import readable, text_of


class ReadFile(ToolInput):
    """Read a text file of the repository. A long file comes in parts; the end of a part says how to read on."""

    path: str = Field(description="Relative to the repository.")
    first_line: int = Field(default=1, ge=1, description="Begin here, counting from 1.")


def read_file(repo: Path) -> Tool[ReadFile]:
    return Tool(ReadFile, lambda ask: _part(text_of(readable(repo, ask.path)), ask.first_line), independent=True)


def _part(text: str, first: int) -> str:
    lines = text.splitlines(keepends=True)
    if first > max(1, len(lines)):
        raise ToolError(f"the file has only {len(lines)} lines")
    room, last = LIMIT - 200, first - 1
    while last < len(lines) and room >= len(lines[last]):
        room -= len(lines[last])
        last += 1
    # One line longer than a whole part is cut by the loop; it still counts as read.
    last = max(last, min(first, len(lines)))
    part = "".join(lines[first - 1 : last])
    return (
        part
        if last == len(lines)
        else f"{part}\n[lines {first} to {last} of {len(lines)}; go on with first_line {last + 1}]"
    )
