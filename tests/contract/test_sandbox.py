"""The contract of the port `Sandbox`, over every adapter; what only bubblewrap promises comes last."""

from __future__ import annotations

import fcntl
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ferry.adapters.agentcore import AgentCoreCodeInterpreter
from ferry.adapters.agentcore.session import Session
from ferry.adapters.bubblewrap import Bubblewrap
from ferry.adapters.plain_process import PlainProcess
from ferry.adapters.sandboxes import choose_sandbox
from ferry.domain.errors import InvalidSettings, SandboxRefused, SandboxUnavailable
from ferry.ports import CommandResult, Sandbox
from tests.fakes.code_interpreter import INTERPRETER, client, code_interpreter

BUBBLEWRAP = Bubblewrap()
WHY_NOT = BUBBLEWRAP.unavailable()
needs_bubblewrap = pytest.mark.skipif(bool(WHY_NOT), reason=f"bubblewrap cannot be used here: {WHY_NOT}")


@pytest.fixture(
    params=[
        pytest.param(PlainProcess(), id="subprocess"),
        pytest.param(BUBBLEWRAP, id="bubblewrap", marks=needs_bubblewrap),
        pytest.param(None, id="agentcore"),
    ]
)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """The Code Interpreter's session is a folder of its own here; only what is uploaded is in it."""
    if request.param:
        yield request.param
        return
    with code_interpreter() as world:
        chosen = AgentCoreCodeInterpreter(Session(client(world), INTERPRETER))
        yield chosen
        chosen.close()
        assert not world.sessions


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


HOLD_LOCK = (
    "python -c \"import fcntl, time; f = open('lock', 'w'); fcntl.flock(f, fcntl.LOCK_EX); "
    "print('held', file=f, flush=True); time.sleep(60)\""
)
WAIT_FOR_LOCK = "while [ ! -s lock ]; do sleep 0.02; done"


def assert_lock_is_free(path: Path) -> None:
    """Its holder is dead: nothing else gives up the lock of a sleeping process."""
    with path.open() as lock:
        for _ in range(100):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.02)
            else:
                return
    pytest.fail("a process of the sandbox lives on")


def run(sandbox: Sandbox, root: Path, *command: str, seconds: float = 20) -> CommandResult:
    return sandbox.run(command, root=root, cwd=root, seconds=seconds)


def test_both_streams_and_the_exit_code_come_back(sandbox: Sandbox, root: Path) -> None:
    result = run(sandbox, root, "sh", "-c", "echo out; echo err >&2; exit 3")

    assert (result.exit_code, result.output, result.timed_out) == (3, "out\nerr\n", False)


def test_files_written_under_root_stay(sandbox: Sandbox, root: Path) -> None:
    assert run(sandbox, root, "sh", "-c", "echo kept > file").exit_code == 0
    assert (root / "file").read_text() == "kept\n"


def test_a_command_starts_in_the_folder_asked_for(sandbox: Sandbox, root: Path) -> None:
    (root / "inner").mkdir()

    result = sandbox.run(["pwd"], root=root, cwd=root / "inner", seconds=20)

    assert result.output.strip() == str((root / "inner").resolve())


def test_python_is_the_one_that_runs_ferry_and_has_pytest(sandbox: Sandbox, root: Path) -> None:
    result = run(sandbox, root, "python", "-c", "import pytest, sys; print(sys.prefix)")

    assert result.output.strip() == sys.prefix


def test_no_variable_of_ours_gets_in(sandbox: Sandbox, root: Path) -> None:
    os.environ["AWS_SECRET_ACCESS_KEY_CANARY"] = "canary"
    try:
        seen = run(sandbox, root, "env").output
    finally:
        del os.environ["AWS_SECRET_ACCESS_KEY_CANARY"]

    names = {line.partition("=")[0] for line in seen.splitlines()}
    assert names <= {"PATH", "HOME", "TMPDIR", "LANG", "PYTHONDONTWRITEBYTECODE", "PWD"}


def test_home_is_empty_and_writable(sandbox: Sandbox, root: Path) -> None:
    result = run(sandbox, root, "sh", "-c", "ls -A ~ && touch ~/mark && ls ~")

    assert (result.exit_code, result.output) == (0, "mark\n")


def test_the_time_limit_ends_the_command_and_its_children(sandbox: Sandbox, root: Path) -> None:
    started = time.monotonic()

    result = run(sandbox, root, "sh", "-c", f"{HOLD_LOCK} & {WAIT_FOR_LOCK}; echo begun; sleep 60", seconds=2)

    assert (result.exit_code, result.timed_out, result.output) == (124, True, "begun\n")
    assert time.monotonic() - started < 10
    assert_lock_is_free(root / "lock")


def test_a_child_left_behind_neither_holds_us_nor_lives_on(sandbox: Sandbox, root: Path) -> None:
    started = time.monotonic()

    result = run(sandbox, root, "sh", "-c", f"{HOLD_LOCK} & {WAIT_FOR_LOCK}", seconds=30)

    assert (result.exit_code, result.timed_out) == (0, False)
    assert time.monotonic() - started < 10
    assert_lock_is_free(root / "lock")


def test_endless_output_is_cut_in_the_middle(sandbox: Sandbox, root: Path) -> None:
    result = run(sandbox, root, "sh", "-c", "echo first; yes | head -c 20000000; echo last")

    assert len(result.output) < 70_000
    assert result.output.startswith("first\n")
    assert result.output.endswith("last\n")
    assert "bytes left out" in result.output


def test_output_that_is_not_utf8_is_still_text(sandbox: Sandbox, root: Path) -> None:
    assert "�" in run(sandbox, root, "printf", r"\377").output


def test_memory_is_limited(sandbox: Sandbox, root: Path) -> None:
    result = run(sandbox, root, "python", "-c", "bytearray(4 << 30)")

    assert result.exit_code == 1
    assert "MemoryError" in result.output


def test_the_size_of_a_file_is_limited(sandbox: Sandbox, root: Path) -> None:
    script = "f = open('big', 'wb'); f.truncate(1 << 30)"

    assert run(sandbox, root, "python", "-c", script).exit_code != 0
    assert (root / "big").stat().st_size < 1 << 30


def test_a_command_that_does_not_exist_says_so(sandbox: Sandbox, root: Path) -> None:
    result = run(sandbox, root, "no-such-program")

    assert (result.exit_code, result.output) == (127, "no-such-program: No such file or directory\n")


def test_a_command_killed_by_a_signal_shows_it_as_a_shell_would(sandbox: Sandbox, root: Path) -> None:
    assert run(sandbox, root, "sh", "-c", "kill -9 $$").exit_code == 137


def test_a_folder_outside_root_is_refused(sandbox: Sandbox, root: Path) -> None:
    with pytest.raises(SandboxRefused, match="not inside"):
        sandbox.run(["true"], root=root, cwd=root.parent, seconds=20)


@needs_bubblewrap
def test_bubblewrap_hides_files_outside_root(root: Path) -> None:
    (root.parent / "secret").write_text("secret")

    assert run(BUBBLEWRAP, root, "cat", str(root.parent / "secret")).exit_code == 1


@needs_bubblewrap
def test_bubblewrap_keeps_the_system_read_only(root: Path) -> None:
    result = run(BUBBLEWRAP, root, "touch", "/usr/ferry-was-here")

    assert result.exit_code == 1
    assert not Path("/usr/ferry-was-here").exists()


@needs_bubblewrap
def test_bubblewrap_has_no_network_not_even_to_this_machine(root: Path) -> None:
    script = "import socket, sys; socket.create_connection(('127.0.0.1', int(sys.argv[1])), 2)"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])

        assert run(PlainProcess(), root, "python", "-c", script, port).exit_code == 0
        assert run(BUBBLEWRAP, root, "python", "-c", script, port).exit_code == 1


@needs_bubblewrap
def test_bubblewrap_shows_no_process_of_ours(root: Path) -> None:
    result = run(BUBBLEWRAP, root, "sh", "-c", f"kill -0 {os.getpid()}")

    assert result.exit_code != 0


def test_a_bubblewrap_that_cannot_start_is_unavailable(root: Path) -> None:
    with pytest.raises(SandboxUnavailable, match="/nowhere/bwrap"):
        run(Bubblewrap(program="/nowhere/bwrap"), root, "true")


def test_a_bubblewrap_that_fails_to_set_up_is_unavailable_not_a_failed_command(tmp_path: Path, root: Path) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)

    with pytest.raises(SandboxUnavailable, match="No permissions to create new namespace"):
        run(Bubblewrap(program=str(broken)), root, "true")


def test_without_bubblewrap_nothing_runs_unless_asked_for_by_name() -> None:
    with pytest.raises(SandboxRefused, match="SANDBOX=subprocess"):
        choose_sandbox("auto", Bubblewrap(program="/nowhere/bwrap"))

    assert choose_sandbox("subprocess").name == "subprocess"


@needs_bubblewrap
def test_auto_is_bubblewrap_where_it_works() -> None:
    assert choose_sandbox("auto").name == "bubblewrap"


def test_an_unknown_sandbox_is_named_with_the_known_ones() -> None:
    with pytest.raises(InvalidSettings, match="auto, agentcore, bubblewrap, subprocess"):
        choose_sandbox("docker")


def test_agentcore_is_taken_where_one_is_configured_and_refused_where_none_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

    assert choose_sandbox("auto", interpreter="aws.codeinterpreter.v1").name == "agentcore"
    assert choose_sandbox("subprocess", interpreter="aws.codeinterpreter.v1").name == "subprocess"
    with pytest.raises(InvalidSettings, match="CODE_INTERPRETER_ID"):
        choose_sandbox("agentcore")
