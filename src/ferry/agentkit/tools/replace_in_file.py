"""Tool: replace_in_file."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from pydantic import Field

from ferry.agentkit.messages import Note
from ferry.agentkit.tool import Noted, Tool, ToolError, ToolInput
from ferry.agentkit.tools.paths import readable, text_of, unmasked, writable
from ferry.agentkit.untrusted import unblock


class ReplaceInFile(ToolInput):
    """Replace one piece of a file. Only files of the approved plan can be written."""

    path: str = Field(description="Relative to the repository.")
    old: str = Field(min_length=1, description="The piece as it is now, to the letter; it must occur exactly once.")
    new: str = Field(description="What stands there instead.")


def replace_in_file(repo: Path, approved: Collection[str]) -> Tool[ReplaceInFile]:
    def run(ask: ReplaceInFile) -> str:
        unmasked(ask.new)
        file = writable(repo, ask.path, approved)
        text = text_of(readable(repo, ask.path))
        # What the model copied out of a block may carry the block's escapes.
        old, new = (ask.old, ask.new) if ask.old in text else (unblock(ask.old), unblock(ask.new))
        if (count := text.count(old)) != 1:
            raise ToolError(f"the old text occurs {count} times, it must occur exactly once; nothing was changed")
        file.write_bytes(text.replace(old, new).encode())
        return Noted.of("replaced", Note(kind="change", about=ask.path, text="a piece replaced"))

    return Tool(ReplaceInFile, run)
