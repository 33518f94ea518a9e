"""Tool: list_files."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from ferry.agentkit.tool import Tool, ToolInput
from ferry.agentkit.workspace import entries


class ListFiles(ToolInput):
    """List the files of the repository, one path per line."""

    prefix: str = Field(default="", description="Only paths that begin with this, e.g. src/; all if empty.")


def list_files(repo: Path) -> Tool[ListFiles]:
    def run(ask: ListFiles) -> str:
        paths = sorted(path for path in entries(repo) if path.startswith(ask.prefix))
        # A name that is not UTF-8 is shown as well as may be; it cannot be asked for.
        return "\n".join(paths).encode("utf-8", "replace").decode() or "(no file)"

    return Tool(ListFiles, run, independent=True)
