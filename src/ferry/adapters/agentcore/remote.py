"""Files, inside the Code Interpreter: uploaded as it stands, standard library alone, Python 3.9 or newer.

``python3 remote.py '{"do": …}'`` prints one line of JSON. Whatever a command did to it or to its answers can harm only
what the command may write anyway: the other side believes no path and no size.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import sys
import tarfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

LISTING = "ferry.listing"
_FEW = 200
_CHUNK = 1 << 16


def listing(folder: Path) -> dict[str, str]:
    """By path: ``d``, ``f:<x or ->:<sha256>``, ``l:<target>`` or ``s`` for a pipe, a socket or a device."""
    found: dict[str, str] = {}
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(place) / name
            found[path.relative_to(folder).as_posix()] = _entry(path)
    return found


def _entry(path: Path) -> str:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return f"l:{path.readlink()}"
    if stat.S_ISDIR(mode):
        return "d"
    if not stat.S_ISREG(mode):
        return "s"
    return f"f:{'x' if mode & stat.S_IXUSR else '-'}:{file_digest(path)}"


def file_digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def remove(path: Path) -> None:
    """Whatever it is; no link is followed."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    elif path.is_symlink() or path.exists():
        path.unlink()


def apply(folder: str, archive: str, gone: Sequence[str], sha256: str) -> Mapping[str, Any]:
    """Delete `gone`, then unpack `archive`, which is ours and complete if its digest is `sha256`."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    if sha256 and file_digest(Path(archive)) != sha256:
        return {"error": "the archive is not what was sent"}
    for path in sorted(gone, reverse=True):
        remove(target / path)
    if sha256:
        with tarfile.open(archive) as tar:
            for member in tar:
                place = target / member.name
                if not (member.isdir() and place.is_dir() and not place.is_symlink()):
                    remove(place)
                tar.extract(member, target)
        Path(archive).unlink()
    return {}


def join(archive: str, part: str) -> Mapping[str, Any]:
    """Append one uploaded part to the archive."""
    with Path(archive).open("ab") as file:
        file.write(Path(part).read_bytes())
    Path(part).unlink()
    return {}


def look(folder: str) -> Mapping[str, Any]:
    """What is in `folder`; a long listing goes into a file, to be read in parts."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    found = listing(Path(folder))
    if len(found) <= _FEW:
        return {"listing": found}
    Path(LISTING).write_text(json.dumps(found))
    return {"size": Path(LISTING).stat().st_size}


def pack(folder: str, paths: str, archive: str) -> Mapping[str, Any]:
    """An archive of the paths that the JSON file `paths` names."""
    with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
        for path in json.loads(Path(paths).read_text()):
            tar.add(Path(folder) / path, arcname=path, recursive=False)
    return {"size": Path(archive).stat().st_size}


def part(source: str, offset: int, length: int, target: str) -> Mapping[str, Any]:
    """Cut one part out of a file, because a reply has a limit."""
    with Path(source).open("rb") as file:
        file.seek(offset)
        data = file.read(length)
    Path(target).write_bytes(data)
    return {"sha256": hashlib.sha256(data).hexdigest()}


DEEDS: Mapping[str, Callable[..., Mapping[str, Any]]] = {
    "apply": apply,
    "join": join,
    "look": look,
    "pack": pack,
    "part": part,
}

if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    print(json.dumps(DEEDS[asked.pop("do")](**asked)))
