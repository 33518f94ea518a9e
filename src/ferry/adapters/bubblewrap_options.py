"""The file system and the identity that a command gets from bubblewrap."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ferry.adapters.plain_process import clean_environment
from ferry.adapters.relay import INSIDE

HOME = "/tmp/home"  # noqa: S108  a private tmpfs
ISOLATE = ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try")
NEST = ("--unshare-user", "--disable-userns", "--die-with-parent", "--cap-drop", "ALL")
SAME_ROOT = ("--dev-bind", "/", "/")
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
ETC = (
    "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "nsswitch.conf", "localtime", "mime.types",
    "ssl/certs", "ssl/openssl.cnf", "pki/tls/certs", "pki/ca-trust/extracted", "maven",
)  # fmt: skip
JAVA = "java-*"
IN_MEMORY = 512 * 1024**2
# systemd.io/UIDS-GIDS: from here on nobody assigns ids; a process id always fits.
NOBODYS = 0x70000000


@dataclass(frozen=True)
class Identity:
    """user: the id that commands run under; borrowed: it is not ours, because ours is root."""

    user: int
    borrowed: bool

    @classmethod
    def of_this_process(cls) -> Identity:
        return cls(NOBODYS + os.getpid(), True) if os.geteuid() == 0 else cls(os.geteuid(), False)

    def own(self, root: Path) -> None:
        """Give it what is under `root`; what it has already costs a look each."""
        if not self.borrowed:
            return
        for path in (root, *_everything(root)):
            if path.lstat().st_uid != self.user:
                os.chown(path, self.user, self.user, follow_symlinks=False)


@dataclass(frozen=True)
class Options:
    """words: of bwrap's command line; descriptors: that it must inherit."""

    words: list[str]
    descriptors: list[int]


def options(
    root: Path, cwd: Path, reads: Sequence[Path], identity: Identity, stack: ExitStack, *, door: Path | None = None
) -> Options:
    """stack: keeps open what bwrap reads; door: a folder with the socket of a proxy, the only way to any host."""
    files = {name: _kept(text, stack) for name, text in _accounts(identity.user).items()}
    environment = [part for name, value in clean_environment(HOME).items() for part in ("--setenv", name, value)]
    shown = [part for path in (*_visible(), *reads) for part in _show(path)]
    written = [
        part
        for name, number in files.items()
        for part in ("--perms", "0644", "--ro-bind-data", str(number), f"/etc/{name}")
    ]
    ways = [
        part
        for path in _ways(root, Path(INSIDE), *_visible(), *reads)
        for part in ("--perms", "0755", "--dir", str(path))
    ]
    words = [*_privileges(identity), "--die-with-parent", "--new-session", "--clearenv", *environment, *_private()]
    shown += ["--ro-bind", str(door), INSIDE] if door else []
    words += [*ways, *shown, *written, "--bind", str(root), str(root), "--remount-ro", "/"]
    words += ["--chdir", "/" if identity.borrowed else str(cwd)]
    return Options(words, list(files.values()))


def _privileges(identity: Identity) -> list[str]:
    if not identity.borrowed:
        return [*ISOLATE, "--unshare-user", "--disable-userns", "--cap-drop", "ALL"]
    return [*ISOLATE, "--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]


def _private() -> list[str]:
    """All memory that can be written as files has a size; `HOME` is for whoever runs the command."""
    size = ["--size", str(IN_MEMORY)]
    devices = ["--dev", "/dev", *size, "--perms", "1777", "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]  # noqa: S108
    return [
        "--proc", "/proc", *devices, *size, "--perms", "1777", "--tmpfs", "/tmp", "--perms", "1777", "--dir", HOME,  # noqa: S108
    ]  # fmt: skip


def _accounts(user: int) -> dict[str, str]:
    """Who a command is, and no other account of this machine."""
    return {
        "passwd": f"ferry:x:{user}:{user}::{HOME}:/bin/sh\n",
        "group": f"ferry:x:{user}:\n",
        "hosts": "127.0.0.1 localhost\n::1 localhost\n",
    }


def _kept(text: str, stack: ExitStack) -> int:
    file = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  the stack closes it
    file.write(text.encode())
    file.seek(0)
    return file.fileno()


def _visible() -> Iterator[Path]:
    """The system and the Python that runs Ferry, which a virtual environment finds through its base."""
    yield from (Path(path) for path in SYSTEM)
    yield from (Path("/etc") / name for name in ETC)
    yield from sorted(Path("/etc").glob(JAVA))
    python = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.base_prefix).resolve()}
    yield from sorted(path for path in python if not path.is_relative_to("/usr"))


def _ways(*paths: Path) -> Iterator[Path]:
    """The folders that lead to `paths`, which bwrap would make for its own user alone."""
    found = {parent for path in paths for parent in path.parents}
    yield from sorted(found - {Path("/"), Path("/tmp")})  # noqa: S108


def _show(path: Path) -> list[str]:
    if path.is_symlink() and path.parent == Path("/"):
        return ["--symlink", str(path.readlink()), str(path)]
    return ["--ro-bind", str(path), str(path)] if path.exists() else []


def _everything(root: Path) -> Iterator[Path]:
    for folder, names, files in os.walk(root):
        yield from (Path(folder) / name for name in (*names, *files))
