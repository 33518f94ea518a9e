"""What a foreign repository's tests may try: each attack ends by a limit, soon, and nothing of it stays.

Run it as root and as a normal user: bubblewrap takes another way for each (`Identity`).
"""

from __future__ import annotations

import fcntl
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ferry.adapters.bubblewrap import LIMITS, Bubblewrap
from ferry.adapters.tree_watch import TreeLimits
from ferry.ports import CommandResult

MIB = 1 << 20
TOGETHER = TreeLimits(tasks=300, memory=1024 * MIB, growth=256 * MIB, files=20_000)
SANDBOX = Bubblewrap(limits=replace(LIMITS, RLIMIT_NPROC=400, RLIMIT_FSIZE=64 * MIB), together=TOGETHER)
WHY_NOT = Bubblewrap().unavailable()
pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=f"bubblewrap cannot be used here: {WHY_NOT}")

SECONDS = 30.0
HOLD = "import fcntl, os, socket, sys, threading, time\nlock = open('lock', 'w')\nfcntl.flock(lock, fcntl.LOCK_EX)\n"


@dataclass(frozen=True)
class Attack:
    """script: Python; whoever of it lives on keeps the lock. ends: how it does, found in limit or output; starves: on a
    loaded machine it may keep our watch from its turn until the time limit, which is a limit too."""

    name: str
    script: str
    ends: str
    seconds: float = SECONDS
    starves: bool = False


FORK = """
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
THREADS = """
threading.stack_size(65536)
while True:
    try:
        threading.Thread(target=time.sleep, args=(600,)).start()
    except RuntimeError:
        time.sleep(0.01)
"""
ONE_FILE = """
with open('big', 'wb') as file:
    for _ in range(10 * 1024):
        file.write(bytes(1 << 20))
"""
MANY_FILES = """
for number in range(10 * 1024):
    with open(f'big{number}', 'wb') as file:
        file.write(bytes(1 << 20))
"""
SMALL_FILES = """
for number in range(10_000_000):
    os.close(os.open(f'small{number}', os.O_CREAT | os.O_WRONLY))
"""
UNLINKED = """
held = []
for number in range(10 * 1024 // 32):
    held.append(open('gone', 'wb'))
    os.unlink('gone')
    for _ in range(32):
        held[-1].write(bytes(1 << 20))
"""
IN_MEMORY = """
for number in range(10 * 1024):
    with open(f'{sys.argv[1]}/big{number}', 'wb') as file:
        file.write(bytes(1 << 20))
"""
HOG = """
hog = []
while True:
    hog.append(b'x' * (64 << 20))
"""
MANY_HOGS = """
for _ in range(20):
    if not os.fork():
        hog = [b'x' * (1 << 20) for _ in range(500)]
        time.sleep(600)
time.sleep(600)
"""
DAEMON = """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in (0, 1, 2):
            os.close(number)
        time.sleep(600)
    os._exit(0)
os.wait()
print('done')
"""
MUTE = "os.close(1)\nos.close(2)\nwhile True: pass\n"
ATTACKS = [
    Attack("fork bomb", FORK, "processes and threads", starves=True),
    Attack("thread bomb", THREADS, "processes and threads", starves=True),
    Attack("10 GB into one file", ONE_FILE, "File too large"),
    Attack("10 GB into the workspace, in files of 1 MB", MANY_FILES, "written into the workspace"),
    Attack("ten million empty files", SMALL_FILES, "files were made"),
    Attack("10 GB into files without a name", UNLINKED, "written into the workspace"),
    Attack("10 GB into /tmp", IN_MEMORY.replace("{sys.argv[1]}", "/tmp"), "No space left"),
    Attack("10 GB into /dev/shm", IN_MEMORY.replace("{sys.argv[1]}", "/dev/shm"), "No space left"),
    Attack("memory hog", HOG, "memory"),
    Attack("ten gigabytes of memory in twenty processes", MANY_HOGS, "MiB of memory"),
    Attack("endless loop", "while True: pass\n", "", seconds=2),
    Attack("endless loop without output", MUTE, "", seconds=2),
    Attack("endless sleep", "time.sleep(600)\n", "", seconds=2),
    Attack("endless print", "while True: sys.stdout.write('y' * 65536)\n", "were printed"),
    Attack("daemonised child", DAEMON, "done"),
    Attack("kill everybody", "os.kill(-1, 9)\ntime.sleep(600)\n", "", seconds=10),
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def run(root: Path, script: str, seconds: float = SECONDS) -> CommandResult:
    return SANDBOX.run(["python", "-c", HOLD + script], root=root, cwd=root, seconds=seconds)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_ends_by_a_limit_and_leaves_no_process(attack: Attack, root: Path) -> None:
    began = time.monotonic()
    result = run(root, attack.script, attack.seconds)
    took = time.monotonic() - began

    print(f"{attack.name} | {result.limit or result.exit_code} | {took:.1f} s")
    if not (attack.starves and result.timed_out):
        assert attack.ends in result.limit + result.output
        assert result.timed_out == (attack.seconds == 2)
    with (root / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_limit_that_was_broken_is_told_in_the_result_and_in_the_output(root: Path) -> None:
    result = run(root, MANY_FILES)

    assert (result.exit_code, result.timed_out, result.limit) == (
        137,
        False,
        "more than 256 MiB were written into the workspace",
    )
    assert result.output.endswith(f"[stopped: {result.limit}]\n")


def test_what_was_in_the_workspace_before_does_not_count(root: Path) -> None:
    for number in range(5):
        with (root / f"old{number}").open("wb") as file:
            file.truncate(60 * MIB)

    assert run(root, "open('new', 'w').write('x')").exit_code == 0


def test_memory_that_forks_share_counts_once(root: Path) -> None:
    script = """
hog = b'x' * (300 << 20)
for _ in range(8):
    if not os.fork():
        time.sleep(1)
        os._exit(0)
time.sleep(1)
"""

    assert run(root, script).exit_code == 0


@pytest.mark.parametrize(
    "deed",
    [
        "open('/etc/passwd').read().index('root:')",
        "open('/dev/kmsg')",
        "open('/here', 'w')",
        "open('/dev/here', 'w')",
        "open('/usr/here', 'w')",
        "open('/etc/passwd', 'a')",
        "os.mknod('disk', 0o60666, os.makedev(254, 0))",
        "os.chown('lock', 0, 0)",
        "os.setuid(0)",
        "os.listdir('/root/.ssh')",
        "os.listdir('/home')",
        "os.nice(-1)",
        "import ctypes; libc = ctypes.CDLL(None); os._exit(0) if libc.unshare(0x10000000) == 0 else 1 / 0",
        "socket.create_connection(('169.254.169.254', 80), 2)",
        "socket.getaddrinfo('example.com', 443)",
        "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
    ],
)
def test_a_command_has_no_privilege_and_sees_no_account_device_or_network(deed: str, root: Path) -> None:
    assert run(root, deed).exit_code == 1


def test_it_is_somebody_with_a_name_and_a_home(root: Path) -> None:
    result = run(root, "import getpass, pathlib\nprint(getpass.getuser(), pathlib.Path.home(), os.getuid() != 0)")

    assert result.output == "ferry /tmp/home True\n"


def test_no_secret_of_ours_is_anywhere_inside(root: Path) -> None:
    """The environment and the command line of every process that a command can see, and every file in its home."""
    os.environ["CANARY_TOKEN"] = "canary-4f1d"
    script = """
    cat /proc/*/environ /proc/*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep 'canary-4f1[d]'
    grep -rs 'canary-4f1[d]' ~ /tmp /etc /run /var /home . && exit 3
    exit 0
    """
    try:
        result = SANDBOX.run(["sh", "-c", script], root=root, cwd=root, seconds=SECONDS)
    finally:
        del os.environ["CANARY_TOKEN"]

    assert (result.exit_code, "canary-4f1d" in result.output) == (0, False)


def test_nothing_of_a_test_is_left_outside_its_workspace(root: Path) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    script = f"""
for folder in ('/tmp', '/dev/shm', '/var/tmp', '/run', '/', os.path.expanduser('~'), '{outside}', '{root.parent}'):
    try:
        open(os.path.join(folder, 'ferry-attack-mark'), 'w').write('here')
    except OSError:
        pass
"""
    run(root, script)

    places = ("/tmp", "/dev/shm", "/var/tmp", "/run", "/", str(Path.home()), str(outside), str(root.parent))
    assert not [place for place in places if (Path(place) / "ferry-attack-mark").exists()]
