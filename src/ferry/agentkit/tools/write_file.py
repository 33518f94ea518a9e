"""Tool: write_file."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from pydantic import Field

from ferry.agentkit.messages import Note
from ferry.agentkit.tool import Noted, Tool, ToolInput
from ferry.agentkit.tools.paths import unmasked, writable


class WriteFile(ToolInput):
    """Create a file of the repository, or replace all of it. Only files of the approved plan can be written."""

    path: str = Field(description="Relative to the repository.")
    content: str = Field(description="The whole new text.")


def write_file(repo: Path, approved: Collection[str]) -> Tool[WriteFile]:
    def run(ask: WriteFile) -> str:
        unmasked(ask.content)
        file = writable(repo, ask.path, approved)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(ask.content.encode())
        lines = f"{len(ask.content.splitlines())} lines"
        return Noted.of(f"written: {lines}", Note(kind="change", about=ask.path, text=f"written whole, {lines}"))

    return Tool(WriteFile, run)
