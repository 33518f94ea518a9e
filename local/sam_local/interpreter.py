"""Finds the Python that `sam build` must have on its PATH: the template's version, with pip. Standard library only.

`python -m local.sam_local.interpreter` prints its folder.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def version() -> str:
    """The template's runtime, e.g. ``3.13``."""
    found = re.search(r"Runtime: python(\d+\.\d+)", (ROOT / "template.yaml").read_text("utf-8"))
    if not found:
        raise LookupError("template.yaml names no Python runtime")
    return found[1]


def folder() -> Path:
    """Where ``python3.13`` and its pip lie. LookupError says what is missing and how to get it."""
    wanted = version()
    for python in _candidates(wanted):
        if _runs(python, "-m", "pip", "--version") is not None:
            return python.parent
    raise LookupError(
        f"sam build needs python{wanted} with pip, on PATH or in pyenv: `pyenv install {wanted}`, "
        f"or your system's packages python{wanted} and python{wanted}-venv"
    )


def _candidates(wanted: str) -> Iterator[Path]:
    if found := shutil.which(f"python{wanted}"):
        # Asked for its prefix, since a shim of pyenv is on PATH even when it has nothing to start.
        code = "import sys; print(sys.base_prefix)"
        if prefix := _runs(Path(found), "-c", code):
            yield Path(prefix) / "bin" / f"python{wanted}"
    if pyenv := shutil.which("pyenv"):
        installed = (_runs(Path(pyenv), "versions", "--bare") or "").split()
        for name in reversed([name for name in installed if name.startswith(f"{wanted}.")]):
            if prefix := _runs(Path(pyenv), "prefix", name):
                yield Path(prefix) / "bin" / f"python{wanted}"


def _runs(program: Path, *arguments: str) -> str | None:
    """What it prints, or None when it cannot be run."""
    try:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def main() -> int:
    try:
        print(folder())
    except LookupError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
