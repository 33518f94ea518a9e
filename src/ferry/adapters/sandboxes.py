"""Which sandbox: bubblewrap unless somebody asked, by name, for less."""

from __future__ import annotations

from ferry.adapters.bubblewrap import Bubblewrap
from ferry.adapters.plain_process import PlainProcess
from ferry.domain.errors import InvalidSettings, SandboxRefused
from ferry.ports import Sandbox

NAMES = ("auto", "bubblewrap", "subprocess")


def choose_sandbox(name: str, bubblewrap: Bubblewrap | None = None) -> Sandbox:
    """SandboxRefused when bubblewrap is wanted and cannot run here; InvalidSettings for another name."""
    if name not in NAMES:
        raise InvalidSettings(f"SANDBOX is {name!r}; choose one of {', '.join(NAMES)}")
    if name == "subprocess":
        return PlainProcess()
    wanted = bubblewrap or Bubblewrap()
    if reason := wanted.unavailable():
        raise SandboxRefused(
            f"no sandbox: {reason}. If all the code that will run is your own, ask for SANDBOX=subprocess by name"
        )
    return wanted
