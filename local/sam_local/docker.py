"""The container engine: the one that runs, or on Debian as root one that is installed and started for the run."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 60
BRIDGE = "docker0"
LAMBDA_CONTAINERS = "label=sam.cli.container.type=lambda"
_SIOCGIFADDR = 0x8915


class NoEngineError(RuntimeError):
    """No container can be run here; the message says why and what would help."""


def docker(*arguments: str, input: bytes | None = None, seconds: float = 600) -> bytes:
    """Standard output of the docker command; CalledProcessError carries what it complained of."""
    done = subprocess.run(["docker", *arguments], input=input, capture_output=True, timeout=seconds, check=True)
    return done.stdout


@contextmanager
def engine(log: Path, say: Callable[[str], None]) -> Iterator[None]:
    """A running engine; one that was started here is stopped again. NoEngineError."""
    if _answers():
        yield
        return
    daemon = _start(log, say)
    try:
        yield
    finally:
        daemon.terminate()
        daemon.wait()


@contextmanager
def no_container_left() -> Iterator[None]:
    """SAM CLI may leave containers behind when it is interrupted; those that came meanwhile are removed."""
    before = set(_lambda_containers())
    try:
        yield
    finally:
        if left := set(_lambda_containers()) - before:
            docker("rm", "--force", *sorted(left))


def host_address() -> str:
    """Where containers of the default bridge reach this machine. NoEngineError when there is no such bridge."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            answer = fcntl.ioctl(probe, _SIOCGIFADDR, struct.pack("256s", BRIDGE.encode()))
        except OSError as error:
            raise NoEngineError(
                f"the engine has no bridge {BRIDGE}, so containers cannot reach this machine"
            ) from error
    return socket.inet_ntoa(answer[20:24])


def _answers() -> bool:
    if not shutil.which("docker"):
        return False
    try:
        docker("version", "--format", "{{.Server.Version}}", seconds=10)
    except (subprocess.SubprocessError, OSError):
        return False
    return True


def _start(log: Path, say: Callable[[str], None]) -> subprocess.Popen[bytes]:
    if os.geteuid() != 0 or not (shutil.which("dockerd") or shutil.which("apt-get")):
        raise NoEngineError("no container engine answers: start Docker, or run this as root on Debian")
    if not shutil.which("dockerd"):
        say("Installing docker.io with apt (once, half a minute) …")
        _install(log)
    say("Starting dockerd for this run …")
    with log.open("ab") as output:
        daemon = subprocess.Popen(
            ["dockerd"], stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    end = time.monotonic() + START_SECONDS
    while daemon.poll() is None and time.monotonic() < end:
        if _answers():
            return daemon
        time.sleep(0.5)
    daemon.terminate()
    raise NoEngineError(f"dockerd does not start; its last words are in {log}")


def _install(log: Path) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with log.open("ab") as output:
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", "docker.io"]):
            done = subprocess.run(["apt-get", "-qq", *arguments], env=quiet, stdout=output, stderr=output, check=False)
            if done.returncode:
                raise NoEngineError(f"apt-get {arguments[0]} failed, see {log}; install Docker by hand")


def _lambda_containers() -> list[str]:
    return docker("ps", "--all", "--quiet", "--filter", LAMBDA_CONTAINERS).decode().split()
