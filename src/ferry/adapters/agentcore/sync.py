"""A folder here and its copy in the session, made equal in either direction by what differs alone."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ferry.adapters.agentcore.remote import LISTING, listing, remove
from ferry.adapters.agentcore.session import Session
from ferry.domain.errors import SandboxRefused, SandboxUnavailable

ARCHIVE, PART, PATHS = "ferry.tar.gz", "ferry.part", "ferry.paths"
PART_BYTES = 8 << 20  # a request may have 100 MB, and base64 makes a third more of it
MOST_BYTES = 1 << 30
_CHUNK = 1 << 16


@dataclass
class Mirror:
    """here: the folder; there: its copy, relative to the session's folder; links: folders here by their name there, for
    absolute targets of links."""

    session: Session
    here: Path
    there: str
    links: Mapping[str, str]
    part_bytes: int = PART_BYTES

    def upload(self) -> None:
        """Make the copy equal to the folder. What it is now is looked at, not remembered: commands changed it."""
        wanted, found = self._wanted(), self._found()
        gone = [path for path in found if path not in wanted or wanted[path][0] != found[path][0]]
        changed = [path for path in sorted(wanted) if wanted[path] != found.get(path) and wanted[path] != "s"]
        if not gone and not changed:
            return
        sha256 = self._send(changed) if changed else ""
        self.session.ask("apply", folder=self.there, archive=ARCHIVE, gone=gone, sha256=sha256)

    def download(self) -> None:
        """Make the folder equal to the copy. SandboxRefused for more than `MOST_BYTES`."""
        wanted, found = self._wanted(), self._found()
        for path in sorted(wanted, reverse=True):
            if path not in found or wanted[path][0] != found[path][0]:
                remove(self.here / path)
        changed = [path for path in sorted(found) if found[path] != wanted.get(path)]
        for path in changed:
            if found[path] == "d":
                (self.here / path).mkdir(exist_ok=True)
        if fetched := [path for path in changed if found[path][0] in "fl"]:
            self._fetch(fetched)

    def _wanted(self) -> dict[str, str]:
        """The folder as its copy should be."""
        entries = listing(self.here)
        moved = {path: f"l:{_moved(what[2:], self.links)}" for path, what in entries.items() if what.startswith("l:")}
        return {**entries, **moved}

    def _found(self) -> dict[str, str]:
        seen = self.session.ask("look", folder=self.there)
        if (found := seen.get("listing")) is None:
            with receive(self.session, LISTING, int(seen["size"]), self.part_bytes) as file:
                found = json.load(file)
        if not isinstance(found, dict) or not all(_plain(path) and isinstance(found[path], str) for path in found):
            raise SandboxUnavailable("Code Interpreter: the list of files is not one")
        return {path: what for path, what in sorted(found.items()) if what[:1] in ("d", "f", "l")}

    def _send(self, paths: Iterable[str]) -> str:
        """The archive's digest."""
        digest = hashlib.sha256()
        with tempfile.TemporaryFile() as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as tar:
                for path in paths:
                    self._pack(tar, path)
            if file.tell() > MOST_BYTES:
                raise SandboxRefused(f"the workspace has more than {MOST_BYTES >> 20} MiB to upload, packed")
            file.seek(0)
            while data := file.read(self.part_bytes):
                digest.update(data)
                self.session.write({PART: data})
                self.session.ask("join", archive=ARCHIVE, part=PART)
        return digest.hexdigest()

    def _pack(self, tar: tarfile.TarFile, path: str) -> None:
        """Nobody's, of no time, and never a hard link: what makes a file is its bytes and whether it is a program."""
        place, member = self.here / path, tarfile.TarInfo(path)
        if place.is_symlink():
            member.type, member.linkname = tarfile.SYMTYPE, _moved(str(place.readlink()), self.links)
            tar.addfile(member)
        elif place.is_dir():
            member.type, member.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(member)
        else:
            with place.open("rb") as file:
                facts = os.fstat(file.fileno())
                member.size, member.mode = facts.st_size, 0o755 if facts.st_mode & 0o100 else 0o644
                tar.addfile(member, file)

    def _fetch(self, paths: list[str]) -> None:
        self.session.write({PATHS: json.dumps(paths).encode()})
        size = int(self.session.ask("pack", folder=self.there, paths=PATHS, archive=ARCHIVE)["size"])
        try:
            with (
                receive(self.session, ARCHIVE, size, self.part_bytes) as file,
                tarfile.open(fileobj=file, mode="r:gz") as tar,
            ):
                self._unpack(tar, set(paths))
        except tarfile.TarError as error:
            raise SandboxUnavailable(f"Code Interpreter: the archive cannot be read: {error}") from error

    def _unpack(self, tar: tarfile.TarFile, asked: set[str]) -> None:
        """Only what was asked for, below real folders alone; the rest of an archive is not looked at."""
        size = 0
        for member in tar:
            place = self.here / member.name
            if member.name not in asked or not self._leads_there(place):
                continue
            size += member.size
            if size > MOST_BYTES:
                raise SandboxRefused(f"a command wrote more than {MOST_BYTES >> 20} MiB")
            remove(place)
            if member.issym():
                place.symlink_to(_moved(member.linkname, {there: here for here, there in self.links.items()}))
            elif (source := tar.extractfile(member)) is not None:
                with place.open("xb") as file:
                    while chunk := source.read(_CHUNK):
                        file.write(chunk)
                place.chmod(0o755 if member.mode & 0o100 else 0o644)

    def _leads_there(self, place: Path) -> bool:
        parents = [parent for parent in place.parents if parent.is_relative_to(self.here)]
        return all(parent.is_dir() and not parent.is_symlink() for parent in parents)


def receive(session: Session, path: str, size: int, part_bytes: int = PART_BYTES) -> IO[bytes]:
    """A file of the session, in parts; each is what its digest says."""
    if size > MOST_BYTES:
        raise SandboxRefused(f"a command wrote more than {MOST_BYTES >> 20} MiB")
    file = tempfile.SpooledTemporaryFile(part_bytes)  # noqa: SIM115  the caller's
    for offset in range(0, size, part_bytes):
        sha256 = session.ask("part", source=path, offset=offset, length=part_bytes, target=PART)
        data = session.read(PART)
        if hashlib.sha256(data).hexdigest() != sha256["sha256"]:
            file.close()
            raise SandboxUnavailable("Code Interpreter: a part of a file is not what was sent")
        file.write(data)
    file.seek(0)
    return file


def _moved(target: str, places: Mapping[str, str]) -> str:
    """A link into a folder that has another name on the other side leads there."""
    for before, after in places.items():
        if target == before or target.startswith(f"{before}/"):
            return after + target[len(before) :]
    return target


def _plain(path: str) -> bool:
    """Relative, and with nothing in it that leads elsewhere."""
    return "\0" not in path and all(part not in ("", ".", "..") for part in path.split("/"))
