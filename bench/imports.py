"""Import of an ingress function against a bare handler that imports boto3 (CPU, median of 15; below 1 is wanted)"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
RUNS = 15
BARE = "import boto3\ndef handler(event, context): ..."


def lines() -> Iterator[str]:
    for name in ("jira_webhook", "github_webhook", "sentry_webhook", "slack_events"):
        ratio = _ratio(f"from functions.{name}.app import handler", BARE)
        yield f"  {name:<15} {ratio:.2f} × bare boto3 handler; the first delivery loads nothing more"


def _ratio(program: str, other: str) -> float:
    """Median over pairs, one after the other, so that both see the same machine."""
    return median(_cpu(program) / _cpu(other) for _ in range(RUNS))


def _cpu(program: str) -> float:
    """Seconds of CPU that the import costs a fresh interpreter."""
    timed = f"import time; begun = time.process_time()\n{program}\nprint(time.process_time() - begun)"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
    done = subprocess.run([sys.executable, "-c", timed], env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)
