"""What agents think with and where their code runs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ferry.agentkit.messages import ModelReply, ModelRequest
from ferry.domain.circuit import Circuit


class LanguageModel(Protocol):
    def reply(self, request: ModelRequest) -> ModelReply:
        """One model turn, whole or not at all.

        ModelUnavailable may be tried again; ModelRefused, ContextExceeded and VendorRefused not.
        """


class ModelHealth(Protocol):
    """What all who think share about each model; `model` as configuration names it."""

    def circuit(self, model: str) -> Circuit:
        """A clean one for a model that nobody has told anything about."""

    def keep(self, circuit: Circuit) -> None:
        """Keep the next version; Conflict when somebody else kept one meanwhile."""


class Guardrail(Protocol):
    def objections(self, text: str, *, output: bool) -> str:
        """Why `text` may not go on, in a few words without any of it; "" when it may. output: a model wrote it.

        VendorUnavailable may be tried again, VendorRefused not; never silence because of an error.
        """


@dataclass(frozen=True)
class CommandResult:
    """exit_code: 124 after the time limit, as coreutils' timeout, and 137 when another limit ended it, which `limit`
    says in words; output: stdout and stderr, cut in the middle."""

    exit_code: int
    output: str
    seconds: float
    timed_out: bool = False
    limit: str = ""


class Sandbox(Protocol):
    name: str

    def run(
        self,
        command: Sequence[str],
        *,
        root: Path,
        cwd: Path,
        seconds: float,
        network: Collection[str] = (),
        reads: Sequence[Path] = (),
    ) -> CommandResult:
        """Run `command` in `cwd`, where only `root` may be written. SandboxUnavailable, SandboxRefused.

        network: host names that may be reached, for the set-up of a repository alone; reads: folders outside `root`
        that may be seen.
        """

    def close(self) -> None:
        """End what is kept between commands; nothing happens the second time."""
