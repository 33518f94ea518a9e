"""The stack that the demo runs on: one that is up already, or one of its own."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ferry.cli.target import running
from local.demo.peers import DemoError
from local.model import Model
from local.own import start

ROOT = Path(__file__).resolve().parents[2]
AT_START = ("MODEL", "MODELS", "GITHUB_API_URL", "JIRA_BASE_URL", "SLACK_API_URL")
"""Variables that mean something to a stack only when it starts."""


@dataclass(frozen=True)
class Ground:
    """info: stack.json; own: the demo started it and stops it; seconds: what the start took."""

    info: Mapping[str, Any]
    own: bool
    seconds: float = 0.0


def running_stack(environ: Mapping[str, str], root: Path = ROOT) -> Ground | None:
    """DemoError when a variable was given that a running stack can no longer take."""
    if not running(root / ".local"):
        return None
    if given := [name for name in AT_START if environ.get(name)]:
        raise DemoError(
            f"{given[0]} counts when a stack starts, and one is running already: "
            f"stop it (Ctrl-C where `make up` runs), or leave {given[0]} out"
        )
    return Ground(json.loads((root / ".local" / "stack.json").read_text("utf-8")), own=False)


@contextmanager
def own_stack(environ: Mapping[str, str], model: Model, *, plain: bool) -> Iterator[Ground]:
    """plain: without bubblewrap. Everything it started is gone afterwards, whatever happened inside."""
    from local.aws.claim import StackRunningError
    from local.aws.deploy.intrinsics import TemplateError
    from local.aws.http import PortError

    _warn_into(ROOT / ".local" / "logs")
    begun = time.monotonic()
    try:
        stack = start(environ, model, plain=plain)
    except (StackRunningError, TemplateError, PortError) as error:
        raise DemoError(f"the stack cannot start: {error}") from error
    try:
        yield Ground(stack.info, own=True, seconds=time.monotonic() - begun)
    finally:
        stack.stop()


def _warn_into(folder: Path) -> None:
    """The stack's warnings are for whoever looks for a fault; between the lines of the tree nobody could read them."""
    folder.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(filename=folder / "stack.log", level=logging.WARNING, format="%(asctime)s %(message)s")
