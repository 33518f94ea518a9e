"""What only the Code Interpreter's adapter promises; what every sandbox does is in test_sandbox.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ferry.adapters.agentcore import AgentCoreCodeInterpreter, sync
from ferry.adapters.agentcore.session import Session
from ferry.domain.errors import FerryError, RateLimited, SandboxRefused, SandboxUnavailable, VendorRefused
from ferry.domain.paid_steps import SandboxSession
from tests.fakes.code_interpreter import INTERPRETER, CodeInterpreter, client, code_interpreter


@pytest.fixture
def world() -> Iterator[CodeInterpreter]:
    with code_interpreter() as made:
        yield made


@pytest.fixture
def sandbox(world: CodeInterpreter) -> Iterator[AgentCoreCodeInterpreter]:
    made = AgentCoreCodeInterpreter(Session(client(world), INTERPRETER))
    yield made
    made.close()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def sh(sandbox: AgentCoreCodeInterpreter, root: Path, script: str, **given: Any) -> Any:
    return sandbox.run(["sh", "-c", script], root=root, cwd=root, **{"seconds": 20, **given})


def test_one_session_serves_all_commands_and_is_stopped_once(
    world: CodeInterpreter, sandbox: AgentCoreCodeInterpreter, root: Path
) -> None:
    sh(sandbox, root, "true")
    sh(sandbox, root, "true")
    sandbox.close()
    sandbox.close()

    assert (len(world.started), len(world.stopped), world.sessions) == (1, 1, {})
    assert world.started[0]["sessionTimeoutSeconds"] == 3600


BUSY = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"


def test_a_session_is_kept_for_the_ledger_when_it_begins_and_with_what_it_used_when_it_has_ended(
    world: CodeInterpreter, root: Path
) -> None:
    kept: list[SandboxSession] = []
    made = AgentCoreCodeInterpreter(Session(client(world), INTERPRETER, keep=kept.append, step="execution"))
    made.close()
    assert kept == []

    for _ in range(2):
        made.run(["python3", "-c", BUSY], root=root, cwd=root, seconds=20)
    assert [(one.step, one.lasts, one.seconds) for one in kept] == [("execution", 3600, None)]
    made.close()
    made.close()

    [begun, ended] = kept
    assert (ended.id, ended.began) == (begun.id, begun.began)
    assert ended.cpu_seconds >= 0.6
    assert ended.seconds
    assert ended.gigabytes > 0


def test_a_session_that_could_not_be_stopped_stays_open_in_the_ledger(world: CodeInterpreter, root: Path) -> None:
    kept: list[SandboxSession] = []
    made = AgentCoreCodeInterpreter(Session(client(world), INTERPRETER, keep=kept.append))
    sh(made, root, "true")
    world.sessions.clear()
    made.close()

    assert [one.seconds for one in kept] == [None]


def test_a_sandbox_that_ran_nothing_starts_nothing(world: CodeInterpreter, sandbox: AgentCoreCodeInterpreter) -> None:
    sandbox.close()

    assert (world.started, world.stopped) == ([], [])


def test_only_what_differs_is_uploaded_also_from_another_folder(
    world: CodeInterpreter, sandbox: AgentCoreCodeInterpreter, root: Path, tmp_path: Path
) -> None:
    blob = bytes(range(256)) * 4000
    for folder in (root, tmp_path / "copy"):
        folder.mkdir(exist_ok=True)
        (folder / "large").write_bytes(blob)
    sh(sandbox, root, "true")
    first = world.received
    (tmp_path / "copy" / "small").write_text("x")

    result = sh(sandbox, tmp_path / "copy", "ls")

    assert result.output == "large\nsmall\n"
    assert world.received - first < first


def test_all_kinds_of_changes_come_back(sandbox: AgentCoreCodeInterpreter, root: Path) -> None:
    for name in ("kept", "gone", "turned", "run.sh", "folder/inner"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(name)
    (root / "empty").mkdir()
    script = r"""
    rm gone && rm -r folder && echo file > folder && rm turned && mkdir turned && echo x > turned/in
    chmod +x run.sh; printf '\000\377' > binary; : > nothing; printf 'ü' > 'na me ü'; ln -s kept link; mkdir -p a/b/c
    mkfifo pipe; echo changed > kept
    """

    assert sh(sandbox, root, script).exit_code == 0
    assert sorted(path.relative_to(root).as_posix() for path in root.rglob("*")) == sorted(
        ["kept", "folder", "turned", "turned/in", "run.sh", "binary", "nothing", "na me ü", "link", "a", "a/b", "a/b/c"]
        + ["empty"]
    )
    assert (root / "binary").read_bytes() == b"\x00\xff"
    assert (root / "kept").read_text() == "changed\n"
    assert (root / "run.sh").stat().st_mode & 0o100
    assert (root / "link").is_symlink()


def test_files_travel_in_parts_whole_in_both_directions(world: CodeInterpreter, root: Path) -> None:
    sandbox = AgentCoreCodeInterpreter(Session(client(world), INTERPRETER), part_bytes=10_000)
    (root / "random").write_bytes(b"".join(bytes([n * n % 251, n % 7]) for n in range(40_000)))

    assert sh(sandbox, root, "cat random random > twice").exit_code == 0
    assert (root / "twice").read_bytes() == (root / "random").read_bytes() * 2
    assert world.calls.count("writeFiles") > 2


def test_a_command_that_writes_through_a_link_reaches_nothing_here(
    sandbox: AgentCoreCodeInterpreter, root: Path, tmp_path: Path
) -> None:
    """The session says that ``out/file`` is a file, after it said that ``out`` is a link."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "out").symlink_to(outside)

    sh(sandbox, root, "rm out; mkdir out; echo evil > out/file")

    assert list(outside.iterdir()) == []
    assert (root / "out" / "file").read_text() == "evil\n"


@pytest.mark.parametrize("path", ["../evil", "/etc/evil", "a/../../evil", "a//b", "", "nul\0"])
def test_a_listing_that_leads_elsewhere_is_refused(path: str) -> None:
    assert not sync._plain(path)


def test_what_one_command_left_running_or_at_home_is_not_there_for_the_next(
    sandbox: AgentCoreCodeInterpreter, root: Path
) -> None:
    held = (
        "import fcntl, os, time; f = open('lock', 'w'); fcntl.flock(f, fcntl.LOCK_EX); print('x', file=f, flush=True)"
    )
    daemon = f'setsid python -c "{held}; time.sleep(60)" >/dev/null 2>&1 & while [ ! -s lock ]; do sleep 0.02; done'
    sh(sandbox, root, f"echo mark > ~/mark; {daemon}")

    assert sh(sandbox, root, "ls -A ~; flock -n lock echo free").output == "free\n"


def test_other_folders_are_seen_under_their_own_names(
    sandbox: AgentCoreCodeInterpreter, root: Path, tmp_path: Path
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "greet").write_text("#!/bin/sh\necho hello\n")
    (tools / "greet").chmod(0o755)
    (root / "link").symlink_to(tools / "greet")

    result = sandbox.run([str(tools / "greet")], root=root, cwd=root, seconds=20, reads=[tools])
    linked = sandbox.run(["./link"], root=root, cwd=root, seconds=20, reads=[tools])

    assert (result.output, linked.output) == ("hello\n", "hello\n")
    assert (root / "link").readlink() == tools / "greet"


def test_hosts_cannot_be_opened_one_by_one_so_set_up_is_refused_before_a_session_is_paid_for(
    world: CodeInterpreter, sandbox: AgentCoreCodeInterpreter, root: Path
) -> None:
    with pytest.raises(SandboxRefused, match="SETUP_HOSTS"):
        sh(sandbox, root, "true", network=("example.com",))

    assert world.started == []


@pytest.mark.parametrize(
    ("tool", "error", "becomes"),
    [
        ("start", "ThrottlingException", RateLimited),
        ("start", "AccessDeniedException", SandboxRefused),
        ("start", "ResourceNotFoundException", SandboxRefused),
        ("start", "ServiceQuotaExceededException", SandboxUnavailable),
        ("start", "ValidationException", VendorRefused),
        ("writeFiles", "ThrottlingException", RateLimited),
        ("writeFiles", "InternalServerException", SandboxUnavailable),
        ("startCommandExecution", "ResourceNotFoundException", SandboxUnavailable),
        ("startCommandExecution", "throttlingException", RateLimited),
        ("startCommandExecution", "internalServerException", SandboxUnavailable),
        ("startCommandExecution", "accessDeniedException", SandboxRefused),
    ],
)
def test_an_error_is_told_in_our_words_asked_once_and_ends_the_session(
    tool: str,
    error: str,
    becomes: type[FerryError],
    world: CodeInterpreter,
    sandbox: AgentCoreCodeInterpreter,
    root: Path,
) -> None:
    world.faults[tool] = error

    with pytest.raises(becomes):
        sh(sandbox, root, "echo once >> count")

    assert world.calls.count(tool) == (0 if tool == "start" else 1)
    assert (world.sessions, world.faults) == ({}, {})


def test_a_throttled_question_whether_it_has_ended_is_asked_again(
    world: CodeInterpreter, sandbox: AgentCoreCodeInterpreter, root: Path
) -> None:
    world.faults["getTask"] = "ThrottlingException"

    assert sh(sandbox, root, "echo done").output == "done\n"


def test_a_session_that_is_over_is_replaced_for_the_next_command(
    world: CodeInterpreter, sandbox: AgentCoreCodeInterpreter, root: Path
) -> None:
    sh(sandbox, root, "true")
    world.sessions.clear()

    with pytest.raises(SandboxUnavailable, match="over"):
        sh(sandbox, root, "true")
    assert sh(sandbox, root, "echo again").output == "again\n"


def failing(reply: dict[str, Any]) -> dict[str, Any]:
    return {**reply, "isError": True}


def unfinished(reply: dict[str, Any]) -> dict[str, Any]:
    return {**reply, "structuredContent": {**reply["structuredContent"], "exitCode": 3}}


@pytest.mark.parametrize("mend", [failing, unfinished])
def test_neither_an_error_flag_nor_an_exit_code_alone_is_overlooked(
    mend: Any, world: CodeInterpreter, sandbox: AgentCoreCodeInterpreter, root: Path
) -> None:
    sh(sandbox, root, "true")
    world.mends["executeCommand"] = mend

    with pytest.raises(SandboxUnavailable):
        sh(sandbox, root, "true")


def test_a_command_that_outlives_its_time_and_ours_is_stopped(world: CodeInterpreter, root: Path) -> None:
    """The watching program itself is late: AWS is told to stop it."""
    sandbox = AgentCoreCodeInterpreter(Session(client(world), INTERPRETER), grace=-19)

    result = sh(sandbox, root, "sleep 60")

    assert (result.timed_out, result.exit_code, world.calls.count("stopTask")) == (True, 124, 1)


def test_a_command_that_kills_the_program_that_watches_it_is_no_success(
    sandbox: AgentCoreCodeInterpreter, root: Path
) -> None:
    with pytest.raises(SandboxUnavailable, match="run ended"):
        sh(sandbox, root, "kill -9 $PPID; sleep 1")
