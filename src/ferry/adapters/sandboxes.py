"""Which sandbox: a Code Interpreter where one is configured, else bubblewrap; less only for who asks by name."""

from __future__ import annotations

from collections.abc import Callable

from ferry.adapters.bubblewrap import Bubblewrap
from ferry.adapters.plain_process import PlainProcess
from ferry.domain.errors import InvalidSettings, SandboxRefused
from ferry.domain.paid_steps import SandboxSession
from ferry.ports import Sandbox

NAMES = ("auto", "agentcore", "bubblewrap", "subprocess")


def choose_sandbox(
    name: str,
    bubblewrap: Bubblewrap | None = None,
    *,
    interpreter: str = "",
    keep: Callable[[SandboxSession], object] = lambda used: None,
    step: str = "",
) -> Sandbox:
    """interpreter: id of a Code Interpreter, "" for none; keep: is told of its sessions, which `step` asks for.

    SandboxRefused when bubblewrap is wanted and cannot run here; InvalidSettings for another name.
    """
    if name not in NAMES:
        raise InvalidSettings(f"SANDBOX is {name!r}; choose one of {', '.join(NAMES)}")
    if name == "subprocess":
        return PlainProcess()
    if name == "agentcore" or (name == "auto" and interpreter):
        return _agentcore(interpreter, keep, step)
    wanted = bubblewrap or Bubblewrap()
    if reason := wanted.unavailable():
        raise SandboxRefused(
            f"no sandbox: {reason}. In AWS, set CODE_INTERPRETER_ID. If all the code that will run is your own, ask "
            "for SANDBOX=subprocess by name"
        )
    return wanted


def _agentcore(interpreter: str, keep: Callable[[SandboxSession], object], step: str) -> Sandbox:
    from ferry.adapters.agentcore import AgentCoreCodeInterpreter
    from ferry.adapters.agentcore.client import client
    from ferry.adapters.agentcore.session import Session

    if not interpreter:
        raise InvalidSettings("SANDBOX is 'agentcore' but CODE_INTERPRETER_ID is not set: name a Code Interpreter")
    return AgentCoreCodeInterpreter(Session(client(), interpreter, keep=keep, step=step))
