"""One event through `sam local invoke`."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.sam_local.build import ENVIRONMENT, PLACE, SAM

SECONDS = 300


class NoAnswerError(RuntimeError):
    """Nothing that a function could have answered came back; the message holds the log's last lines."""


@dataclass(frozen=True)
class Answer:
    """payload: the function's own JSON, or Lambda's ``{"errorType", …}``; log: what it wrote."""

    payload: Any
    log: str
    milliseconds: int


@dataclass(frozen=True)
class Invoker:
    """template: a built one; variables: environment by logical id; image: "" for the one that SAM CLI chooses."""

    template: Path
    image: str
    variables: Mapping[str, Mapping[str, str]]

    def __call__(self, function: str, event: Mapping[str, Any]) -> Answer:
        """SAM CLI ends with 0 whatever a function does, so its output is judged. NoAnswerError."""
        wishes = PLACE / f"variables.{function}.json"
        wishes.write_text(json.dumps({function: dict(self.variables[function])}))
        command = [str(SAM), "local", "invoke", function, "--template", str(self.template), "--event", "-"]
        command += ["--env-vars", str(wishes), "--skip-pull-image", "--layer-cache-basedir", str(PLACE / "layers")]
        command += ["--invoke-image", self.image] if self.image else []
        begun = time.monotonic()
        try:
            done = subprocess.run(
                command,
                input=json.dumps(event),
                env={**_own_environment(), **ENVIRONMENT},
                cwd=PLACE,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise NoAnswerError(f"no answer after {SECONDS} s") from error
        milliseconds = round((time.monotonic() - begun) * 1000)
        return Answer(_payload(done), done.stderr, milliseconds)


def _own_environment() -> dict[str, str]:
    """Without the addresses of the embedded AWS, which are meant for functions and not for SAM CLI itself."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}


def _payload(done: subprocess.CompletedProcess[str]) -> Any:
    try:
        return json.loads(done.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError):
        raise NoAnswerError(" ".join(done.stderr.strip().splitlines()[-3:]) or "no output at all") from None
