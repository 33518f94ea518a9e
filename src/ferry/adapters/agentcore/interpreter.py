"""The port `Sandbox` over a session of the Code Interpreter.

The session has no network but AWS's own (mode SANDBOX), no role and no credential of ours. It lasts from the first
command to `close`; what is uploaded and downloaded is what differs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from ferry.adapters.agentcore.remote_run import OUTPUT
from ferry.adapters.agentcore.session import FILES, RUN, Session
from ferry.adapters.agentcore.sync import PART_BYTES, Mirror, receive
from ferry.adapters.bounded_process import KEPT, MOST_PRINTED, STOPPED, TIMED_OUT, Limits
from ferry.adapters.plain_process import check_inside
from ferry.domain.errors import FerryError, SandboxRefused
from ferry.ports import CommandResult

WORK = "ferry/work"


class AgentCoreCodeInterpreter:
    """The port `Sandbox`. Not for several threads at once.

    part_bytes: of what is uploaded or downloaded with one request; grace: seconds that AWS may need beside a command's.
    """

    name = "agentcore"

    def __init__(
        self, session: Session, limits: Limits | None = None, *, part_bytes: int = PART_BYTES, grace: float = 30.0
    ) -> None:
        self._session, self._part_bytes, self._grace = session, part_bytes, grace
        self._limits = limits or Limits()
        self._base = ""

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
        check_inside(cwd, root)
        if network:
            raise SandboxRefused(
                f"the Code Interpreter cannot open its network for {', '.join(sorted(network))} alone, so nothing is "
                "set up there: leave SETUP_HOSTS empty, or use SANDBOX=bubblewrap"
            )
        try:
            return self._run(command, root.resolve(), cwd.resolve(), seconds, [path.resolve() for path in reads])
        except FerryError:
            self.close()  # what state it is in is not known
            raise

    def close(self) -> None:
        self._session.stop()

    def _run(
        self, command: Sequence[str], root: Path, cwd: Path, seconds: float, reads: Sequence[Path]
    ) -> CommandResult:
        self._open()
        places = {root: WORK, **{path: _name(path) for path in reads}}
        names = {str(here): f"{self._base}/{there}" for here, there in places.items()}
        mirrors = [Mirror(self._session, here, there, names, self._part_bytes) for here, there in places.items()]
        for mirror in mirrors:
            mirror.upload()
        found = self._session.run(
            seconds + self._grace,
            command=[_replaced(word, names) for word in command],
            cwd=_replaced(str(cwd), names),
            seconds=seconds,
            limits=asdict(self._limits),
            kept=KEPT,
            most=MOST_PRINTED,
        )
        if found:
            self._session.measured(float(found.get("cpu", 0)), float(found.get("memory", 0)) / 2**30)
        mirrors[0].download()
        if found and "output" not in found:
            with receive(self._session, OUTPUT, int(found["size"])) as file:
                found = {**found, "output": file.read().decode("utf-8", "replace")}
        return _result(found, seconds, {there: here for here, there in names.items()})

    def _open(self) -> None:
        """Our programs are uploaded for each command: the one before may have written over them."""
        if self._session.start():
            self._base = self._session.call("executeCommand", command="mkdir -p ferry && pwd").text.strip()
        self._session.write({path: Path(__file__).with_name(Path(path).name).read_bytes() for path in (FILES, RUN)})


def _result(found: Any, seconds: float, names: dict[str, str]) -> CommandResult:
    """None for a command that did not end when it was asked to."""
    if found is None:
        return CommandResult(TIMED_OUT, "", seconds, timed_out=True)
    limit, output = str(found["limit"]), _replaced(str(found["output"]), names)
    if limit and limit != "time":
        return CommandResult(STOPPED, f"{output}\n[stopped: {limit}]\n", float(found["seconds"]), limit=limit)
    code = TIMED_OUT if limit else int(found["exit_code"])
    return CommandResult(code, output, float(found["seconds"]), timed_out=bool(limit))


def _replaced(word: str, names: dict[str, str]) -> str:
    for before, after in names.items():
        word = word.replace(before, after)
    return word


def _name(path: Path) -> str:
    return f"ferry/reads-{sha256(str(path).encode()).hexdigest()[:16]}"
