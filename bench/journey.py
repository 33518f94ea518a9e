"""`make demo`, set-up done: what of its time is orchestration and stand-ins (under 10 s of under 60 s are wanted)"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent


def lines() -> Iterator[str]:
    """The demo's own table of its time, and the whole process from outside."""
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "local", "demo", "--yes"],
        cwd=ROOT,
        env={**os.environ, "CI": "true"},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - begun
    told = done.stdout.splitlines()
    table = told[told.index("Time") + 1 :]
    yield from (f" {line.rstrip()}" for line in table if line.strip() and line[:1] == " ")
    yield f"  the whole command           {seconds:6.1f}"
