"""Runs cases: the real execution agent in the real sandbox, then the hidden test on what the branches hold."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from agents.execution.agent import execute
from bench.execution.case import Loaded, load
from bench.execution.luck import Luck
from bench.execution.promises import broken
from bench.execution.words import asked, failure, fits
from bench.execution.world import BASE, BRANCH, SECONDS, World, world
from ferry.agentkit.workspace import folder_of
from ferry.domain.errors import BudgetExceeded, NoResult, PermissionNeeded, StaleHead, WorkNotDone
from ferry.ports import Sandbox

COMMITTED = "committed"


@dataclass(frozen=True)
class Row:
    """hidden: whether the hidden test passes on the base (None: not run, another case has the same one) and at the end;
    why: Ferry's own words; skipped: why it was not run."""

    name: str
    language: str
    expected: tuple[str, ...]
    outcome: str = ""
    hidden: tuple[bool | None, bool] = (None, False)
    seconds: float = 0.0
    why: str = ""
    skipped: str = ""

    @property
    def gone(self) -> bool:
        """Whether the defect must be gone: exactly when something was committed."""
        return COMMITTED in self.expected

    @property
    def differs(self) -> bool:
        right = any(fits(self.outcome, one) for one in self.expected)
        return not self.skipped and (not right or self.hidden[0] is True or self.hidden[1] is not self.gone)


def run_all(names: Sequence[str], sandbox: Callable[[], Sandbox], jobs: int) -> Iterator[Row]:
    """In the order of `names`, `jobs` at a time."""
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda name: run(load(name), sandbox()), names)


def run(loaded: Loaded, sandbox: Sandbox) -> Row:
    case, begun = loaded.case, time.monotonic()
    if why := loaded.missing() or _unfit(loaded, sandbox):
        return Row(loaded.name, case.language, case.expected, skipped=why)
    with listener() as (port, callers):
        at = world(loaded, Luck(sandbox, case.unlucky, _bases(loaded)), port)
        outcome, why = carry_out(at)
        if faults := broken(at, outcome == COMMITTED, callers):
            outcome = f"{outcome}, but {'; '.join(faults)}"
        base = None if case.of else hidden_test(at, BASE, sandbox)
        hidden = base, hidden_test(at, BRANCH, sandbox)
    return Row(loaded.name, case.language, case.expected, outcome, hidden, time.monotonic() - begun, why)


def carry_out(at: World) -> tuple[str, str]:
    """The outcome in the words that cases use, and Ferry's own."""
    for repo in at.record.order:
        try:
            execute(at.request(repo), at.bench)
        except BudgetExceeded as error:
            return "budget", str(error)
        except NoResult as error:
            return "no result", str(error)
        except StaleHead as error:
            return "stale head", str(error)
        except PermissionNeeded as error:
            return asked(str(error)), str(error)
        except WorkNotDone as error:
            told, refused = at.told("attempt failed"), [result.text for result in at.model.refused]
            return failure(told, refused, str(error)), told[0] if told else str(error)
    return COMMITTED, "; ".join(at.told("proved"))


def hidden_test(at: World, branch: str, sandbox: Sandbox) -> bool:
    """Whether it passes on what `branch` of each repository holds. It is beside the code for this run alone."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        root = Path(folder).resolve()
        for repo in at.record.order:
            _write(root / folder_of(repo), at.tree(repo, branch))
        last = root / folder_of(at.loaded.last)
        _write(last, {path: text.encode() for path, text in at.loaded.hidden.items()})
        return sandbox.run(at.loaded.case.hidden, root=root, cwd=last, seconds=SECONDS).exit_code == 0


@contextmanager
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A port of this machine that answers everybody, and what callers sent to it."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_answer, args=(server, heard), daemon=True).start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)


def _answer(server: socket.socket, heard: list[bytes]) -> None:
    while True:
        try:
            caller, _ = server.accept()
        except OSError:
            return
        with caller:
            heard.append(caller.recv(4096))
            caller.sendall(b'HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{"rate": 1.25}')


def _unfit(loaded: Loaded, sandbox: Sandbox) -> str:
    return "the sandbox does not isolate" if loaded.case.isolated and sandbox.name == "subprocess" else ""


def _bases(loaded: Loaded) -> Mapping[str, Mapping[str, str]]:
    return {folder_of(repo): files for repo, files in loaded.repositories.items()}


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
