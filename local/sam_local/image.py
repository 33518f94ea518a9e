"""The image of Lambda's Python runtime: AWS's own, or where no registry can be reached one made of this machine.

The stand-in is this machine's C library and tools, its Python of the template's version, and AWS's own runtime client.
It proves handlers, packaging, layers, environment and time limits; it does not prove Amazon Linux's system libraries.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from local.sam_local import interpreter
from local.sam_local.docker import docker

PULL_SECONDS = 60
# SAM CLI adds the runtime interface emulator with RUN lines that call the first three, and a layer with cp and rm.
PROGRAMS = ("sh", "bash", "mv", "chmod", "cp", "rm", "ls", "cat", "env", "mkdir", "sleep")
FILES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/os-release")
LEFT_OUT = re.compile(r"/(test|tests|idlelib|tkinter|turtledemo|__pycache__|config-[^/]*)(/|$)|_tkinter|\.a$")
# What wheels for manylinux may take for granted (PEP 599); most of it is part of the C library's packages.
SYSTEM_LIBRARIES = re.compile(r"lib(c|m|dl|rt|pthread|util|resolv|nss_dns|nss_files|gcc_s|stdc\+\+)\.so\.\d+")
CLIENT = ("awslambdaric", "simplejson", "snapshot-restore-py")
BOOTSTRAP = """#!/bin/sh
export AWS_EXECUTION_ENV=AWS_Lambda_python{version} PYTHONPATH="${{PYTHONPATH:-/opt/python}}"
exec /var/lang/bin/python{version} -m awslambdaric "$_HANDLER"
"""
VARIABLES = (
    "PATH=/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin LD_LIBRARY_PATH=/var/lang/lib:/var/task:/opt/lib "
    "LANG=C.UTF-8 TZ=UTC LAMBDA_TASK_ROOT=/var/task LAMBDA_RUNTIME_DIR=/var/runtime "
    "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"
)


def ensure_image(architecture: str, say: Callable[[str], None]) -> str:
    """The image's name; pulled, or built when it cannot be. LookupError without the right Python."""
    name = f"public.ecr.aws/lambda/python:{interpreter.version()}-{architecture}"
    if not _there(name) and not _pulled(name):
        say(f"No registry answers: making {name} of this machine's files …")
        with tempfile.TemporaryDirectory() as folder:
            _fill(Path(folder), interpreter.folder())
            _import(Path(folder), name)
    return name


def _there(name: str) -> bool:
    return bool(docker("images", "--quiet", name).strip())


def _pulled(name: str) -> bool:
    try:
        docker("pull", "--quiet", name, seconds=PULL_SECONDS)
    except subprocess.SubprocessError:
        return False
    return True


def _fill(root: Path, bin: Path) -> None:
    version = interpreter.version()
    for folder in ("proc", "sys", "dev", "tmp", "etc", "opt", "root", "var/task", "var/runtime", "var/tmp"):
        (root / folder).mkdir(parents=True)
    for folder in ("bin", "sbin", "lib", "lib64"):
        (root / "usr" / folder).mkdir(parents=True)
        (root / folder).symlink_to(f"usr/{folder}")
    python = root / "var/lang"
    for part in ("bin", "lib"):
        shutil.copytree(bin.parent / part, python / part, symlinks=True, ignore=_left_out)
    _install_client(bin / f"python{version}", python / f"lib/python{version}/site-packages")
    programs = [Path(found) for program in PROGRAMS if (found := shutil.which(program))]
    for file in {*programs, *map(Path, FILES), *_libraries([*programs, bin / f"python{version}", *_modules(python)])}:
        _copy(file, root)
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (root / "etc/group").write_text("root:x:0:\n")
    (root / "etc/nsswitch.conf").write_text("hosts: files dns\n")
    bootstrap = root / "var/runtime/bootstrap"
    bootstrap.write_text(BOOTSTRAP.format(version=version))
    bootstrap.chmod(0o755)


def _left_out(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if LEFT_OUT.search(f"/{name}")}


def _install_client(python: Path, site: Path) -> None:
    """The runtime client, by the very hashes that the local stack is locked to."""
    lock = (interpreter.ROOT / "requirements/local.txt").read_text("utf-8")
    blocks = [block for block in re.split(r"\n(?=\S)", lock) if block.startswith(tuple(f"{name}==" for name in CLIENT))]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as wanted:
        wanted.write("\n".join(blocks))
        wanted.flush()
        options = [
            "--quiet",
            "--disable-pip-version-check",
            "--root-user-action=ignore",
            "--require-hashes",
            "--no-deps",
        ]
        install = [str(python), "-m", "pip", "install", *options, "--target", str(site), "-r", wanted.name]
        subprocess.run(install, check=True, capture_output=True)


def _modules(python: Path) -> Iterator[Path]:
    return (file for file in python.rglob("*.so*") if file.is_file())


def _libraries(programs: Iterable[Path]) -> set[Path]:
    """Shared libraries of the system that `programs` need, their loader among them."""
    done = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=False)
    found = {Path(path) for path in re.findall(r"(?:=> |^\s+)(/(?:usr/)?lib\S*) \(0x", done.stdout, re.MULTILINE)}
    homes = {path.parent for path in found if path.name == "libc.so.6"}
    return found | {path for home in homes for path in home.iterdir() if SYSTEM_LIBRARIES.fullmatch(path.name)}


def _copy(file: Path, root: Path) -> None:
    """Under the name that it has here, whatever link that name is."""
    target = root / file.relative_to("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        shutil.copy2(file, target)


def _import(root: Path, name: str) -> None:
    with tempfile.TemporaryFile() as packed:
        with tarfile.open(fileobj=packed, mode="w") as archive:
            archive.add(root, ".", filter=_owned_by_root)
        packed.seek(0)
        changes = [f"ENV {VARIABLES}", "WORKDIR /var/task", 'ENTRYPOINT ["/var/runtime/bootstrap"]']
        options = [part for change in changes for part in ("--change", change)]
        subprocess.run(["docker", "import", *options, "-", name], stdin=packed, capture_output=True, check=True)


def _owned_by_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    if entry.name in ("./tmp", "./var/tmp"):
        entry.mode = 0o1777
    return entry
