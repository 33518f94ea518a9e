"""Set-up of repositories, in the real sandbox with the real tools. Nothing here needs a registry."""

from __future__ import annotations

import json
import os
import shutil
import socket
import threading
import zipfile
from pathlib import Path

import pytest

from ferry.adapters.agentcore import AgentCoreCodeInterpreter
from ferry.adapters.agentcore.session import Session
from ferry.adapters.bubblewrap import Bubblewrap
from ferry.adapters.host_proxy import allowed, connect, host_proxy
from ferry.adapters.plain_process import PlainProcess
from ferry.agentkit.setup.prepared import PreparedSandbox
from ferry.agentkit.setup.store import SetupStore
from ferry.domain.errors import SandboxRefused
from ferry.ports import CommandResult, Sandbox
from tests.fakes.code_interpreter import INTERPRETER, client, code_interpreter

WHY_NOT = Bubblewrap().unavailable()
needs_bubblewrap = pytest.mark.skipif(bool(WHY_NOT), reason=f"bubblewrap cannot be used here: {WHY_NOT}")
needs_npm = pytest.mark.skipif(not shutil.which("npm"), reason="npm is not on PATH")
HOSTS = ("registry.test",)


@pytest.fixture(params=["subprocess", pytest.param("bubblewrap", marks=needs_bubblewrap)])
def inner(request: pytest.FixtureRequest) -> Sandbox:
    return PlainProcess() if request.param == "subprocess" else Bubblewrap()


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """``work/thing``: its commands are run in ``work``."""
    folder = tmp_path / "work" / "thing"
    folder.mkdir(parents=True)
    return folder


def prepared(inner: Sandbox, tmp_path: Path, hosts: tuple[str, ...] = HOSTS) -> PreparedSandbox:
    return PreparedSandbox(inner, hosts, SetupStore(tmp_path / "setups"))


def run(sandbox: Sandbox, repo: Path, *command: str) -> CommandResult:
    return sandbox.run(command, root=repo.parent, cwd=repo, seconds=60)


def wheel(folder: Path, version: str) -> str:
    """The requirement line of a package that is in the repository itself."""
    name = f"greeting-{version}-py3-none-any.whl"
    with zipfile.ZipFile(folder / name, "w") as file:
        file.writestr("greeting.py", f"VERSION = {version!r}\n")
        info = f"greeting-{version}.dist-info"
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: greeting\nVersion: {version}\n")
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/RECORD", "")
    return f"./{name}\n"


ASK = ("python", "-c", "import greeting, pytest; print(greeting.VERSION)")


def test_python_packages_are_there_for_each_command_and_ferrys_pytest_too(
    inner: Sandbox, repo: Path, tmp_path: Path
) -> None:
    (repo / "requirements.txt").write_text(wheel(repo, "1.0"))
    before = sorted(repo.iterdir())
    sandbox = prepared(inner, tmp_path)

    assert run(sandbox, repo, *ASK).output == "1.0\n"
    assert sorted(repo.iterdir()) == before


def test_another_lock_file_is_another_set_up_and_the_same_one_is_kept(
    inner: Sandbox, repo: Path, tmp_path: Path
) -> None:
    for version in ("1.0", "2.0", "1.0"):
        (repo / "requirements.txt").write_text(wheel(repo, version))
        assert run(prepared(inner, tmp_path), repo, *ASK).output == f"{version}\n"

    assert len(list((tmp_path / "setups").glob("*.complete"))) == 2


def test_the_code_under_work_comes_before_what_was_installed(inner: Sandbox, repo: Path, tmp_path: Path) -> None:
    (repo / "requirements.txt").write_text(wheel(repo, "1.0"))
    sandbox = prepared(inner, tmp_path)
    run(sandbox, repo, *ASK)
    (repo / "src").mkdir()
    (repo / "src" / "greeting.py").write_text("VERSION = 'ours'\n")

    assert run(sandbox, repo, *ASK).output == "ours\n"


def node_repository(repo: Path) -> None:
    (repo / "lib").mkdir()
    (repo / "lib" / "package.json").write_text('{"name": "lib", "version": "1.0.0", "main": "index.js"}')
    (repo / "lib" / "index.js").write_text("module.exports = 'from lib'\n")
    (repo / "package.json").write_text(json.dumps({"name": "thing", "dependencies": {"lib": "file:lib"}}))


@needs_npm
def test_node_modules_are_lent_to_a_command_and_gone_after_it(inner: Sandbox, repo: Path, tmp_path: Path) -> None:
    node_repository(repo)
    before = sorted(repo.iterdir())

    result = run(prepared(inner, tmp_path), repo, "node", "-p", "require('lib')")

    assert (result.exit_code, result.output) == (0, "from lib\n")
    assert sorted(repo.iterdir()) == before


@needs_bubblewrap
def test_no_command_can_change_the_tools_that_judge_it(repo: Path, tmp_path: Path) -> None:
    (repo / "requirements.txt").write_text(wheel(repo, "1.0"))
    sandbox = prepared(Bubblewrap(), tmp_path)

    evil = run(sandbox, repo, "python", "-c", "import greeting; open(greeting.__file__, 'a').write('VERSION = 666')")

    assert "Read-only file system" in evil.output
    assert run(sandbox, repo, *ASK).output == "1.0\n"


def test_without_hosts_nothing_is_installed_and_a_failure_says_what_to_configure(
    inner: Sandbox, repo: Path, tmp_path: Path
) -> None:
    (repo / "requirements.txt").write_text("six\n")
    sandbox = prepared(inner, tmp_path, ())

    assert run(sandbox, repo, "python", "-c", "print('fine')").output == "fine\n"
    assert "with pip (requirements.txt), because SETUP_HOSTS is empty" in run(sandbox, repo, "false").output
    assert not (tmp_path / "setups").exists()


@needs_bubblewrap
def test_a_set_up_that_fails_says_so_with_the_hosts_that_it_was_refused(repo: Path, tmp_path: Path) -> None:
    (repo / "requirements.txt").write_text("--index-url https://index.test/simple\nsix\n")
    sandbox = prepared(Bubblewrap(), tmp_path)

    told = run(sandbox, repo, "false").output

    assert "set-up with pip failed, exit code 1; SETUP_HOSTS allows registry.test: " in told
    assert "[not reached, because nobody named it: index.test:443]" in told
    assert not list((tmp_path / "setups").glob("*.complete"))


def test_make_sets_up_what_no_other_tool_does(inner: Sandbox, repo: Path, tmp_path: Path) -> None:
    (repo / "Makefile").write_text("setup:\n\tmkdir tools && echo made > tools/mark\n")

    assert run(prepared(inner, tmp_path), repo, "cat", "tools/mark").output == "made\n"
    assert [path.name for path in repo.iterdir()] == ["Makefile"]


def test_what_was_set_up_is_uploaded_to_a_session_too(repo: Path, tmp_path: Path) -> None:
    """Installed here by hand, as the Code Interpreter cannot open its network for hosts."""
    with code_interpreter() as world:
        remote = AgentCoreCodeInterpreter(Session(client(world), INTERPRETER))
        (repo / "requirements.txt").write_text("six\n")
        with pytest.raises(SandboxRefused, match="SETUP_HOSTS"):
            run(prepared(remote, tmp_path), repo, "true")
        tools = tmp_path / "tools"
        tools.mkdir()
        (tools / "mark").write_text("here")
        seen = remote.run(["cat", f"{tools}/mark"], root=repo.parent, cwd=repo, seconds=20, reads=[tools])
        remote.close()

    assert seen.output == "here"


def test_a_folder_of_set_ups_that_somebody_else_made_is_refused(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "setups").symlink_to(tmp_path / "elsewhere")
    (repo / "requirements.txt").write_text("six\n")

    with pytest.raises(SandboxRefused, match="not a folder of ours"):
        run(prepared(PlainProcess(), tmp_path), repo, "true")


@pytest.mark.parametrize(
    ("target", "may"),
    [
        ("registry.test:443", True),
        ("REGISTRY.test:443", True),
        ("mirror.test:8443", True),
        ("registry.test:80", False),
        ("mirror.test:443", False),
        ("evil.registry.test:443", False),
        ("registry.test.evil.com:443", False),
        ("registry.test", False),
        ("169.254.169.254:443", False),
        ("registry.test:443@evil.com:443", False),
        ("", False),
    ],
)
def test_only_a_host_that_is_named_is_let_through(target: str, may: bool) -> None:
    assert bool(allowed(target, ["registry.test", "mirror.test:8443"])) == may


def test_a_named_host_that_is_this_machine_or_its_surroundings_is_not_connected() -> None:
    with pytest.raises(PermissionError):
        connect("localhost", 443)
    with pytest.raises(PermissionError):
        connect("169.254.169.254", 443)


def echo_server(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.sendall(connection.recv(100).upper())


TALK = """
import os, socket, sys, urllib.parse
def talk(target):
    proxy = urllib.parse.urlsplit(os.environ["https_proxy"])
    with socket.create_connection((proxy.hostname, proxy.port), 5) as door:
        door.sendall(f"CONNECT {target} HTTP/1.1\\r\\nHost: {target}\\r\\n\\r\\n".encode())
        said = door.recv(1000).split(b"\\r\\n")[0].decode()
        if "200" in said:
            door.sendall(b"hello")
            said += " " + door.recv(100).decode()
        return said
print(talk("registry.test:443"))
print(talk("other.test:443"))
"""


@needs_bubblewrap
def test_set_up_reaches_the_named_host_and_no_other_and_later_commands_reach_none(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=echo_server, args=(server,), daemon=True).start()
        sandbox = Bubblewrap(reach=lambda host, port: socket.create_connection(server.getsockname()[:2], 5))
        opened = sandbox.run(["python", "-c", TALK], root=tmp_path, cwd=tmp_path, seconds=20, network=HOSTS)
    shut = sandbox.run(["python", "-c", TALK], root=tmp_path, cwd=tmp_path, seconds=20)

    assert opened.output == (
        "HTTP/1.1 200 Connection established HELLO\nHTTP/1.1 403 Forbidden\n"
        "[not reached, because nobody named it: other.test:443]\n"
    )
    assert (shut.exit_code, "KeyError: 'https_proxy'" in shut.output) == (1, True)


def test_the_proxy_leaves_no_socket_behind() -> None:
    with host_proxy(HOSTS) as door:
        assert door.socket.exists()

    assert not os.path.lexists(door.socket.parent)
