"""A checkout beside this one, of links: a stack with a `.local` of its own runs this checkout's code."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("template.yaml", "statemachines", "functions", "agents", "src", "local")


def linked(folder: Path, *more: str) -> Path:
    """`folder`, which must exist, with a link to each part that a stack needs and to `more`."""
    for name in (*PARTS, *more):
        (folder / name).symlink_to(ROOT / name)
    return folder
