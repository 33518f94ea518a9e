"""Unpacks the archive of a repository, or reads it without unpacking: a tar.gz whose one top folder is left out."""

from __future__ import annotations

import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import requests

from ferry.domain.errors import VendorRefused, VendorUnavailable

_CHUNK, _IN_MEMORY = 1 << 16, 16 << 20


@dataclass(frozen=True)
class Bounds:
    """Of what is unpacked, and of the archive as it comes (packed)."""

    files: int = 300_000
    bytes: int = 4 << 30
    packed: int = 1 << 30


_BOUNDS = Bounds()


def unpack(answer: requests.Response, destination: Path, what: str, bounds: Bounds = _BOUNDS) -> None:
    """VendorUnavailable when it breaks off, VendorRefused when it leads out or exceeds `bounds`; `what` names it.

    A link that leads out is not made, nor is a device: they are of no use, and not ours to follow.
    """
    count = size = 0
    with _opened(answer, what, bounds.packed) as archive:
        for member in _members(archive):
            count, size = count + 1, size + member.size
            if member.name.startswith("/") or ".." in member.name.split("/"):
                raise VendorRefused(f"{what} has the path {member.name[:200]!r}, which leads out of it")
            if count > bounds.files or size > bounds.bytes:
                raise VendorRefused(f"{what} has more than {bounds.files} files or {bounds.bytes >> 20} MiB")
            with suppress(tarfile.FilterError):
                archive.extract(member, destination, filter="data")


def files(answer: requests.Response, largest: int, what: str) -> Iterator[tuple[str, bytes | None]]:
    """Path and content of regular files, None for content of more than `largest` bytes; as `unpack` otherwise.

    Nothing is written to disk under the names of the archive, so that links, case and odd names cannot collide there.
    """
    with _opened(answer, what) as archive:
        for member in _members(archive):
            if member.isreg():
                file = archive.extractfile(member) if member.size <= largest else None
                yield member.name, file.read() if file else None


@contextmanager
def _opened(answer: requests.Response, what: str, most: int = _BOUNDS.packed) -> Iterator[tarfile.TarFile]:
    with answer, tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        try:
            for chunk in answer.iter_content(_CHUNK):
                file.write(chunk)
                if file.tell() > most:
                    raise VendorRefused(f"{what} has more than {most >> 20} MiB")
            file.seek(0)
            with tarfile.open(fileobj=file, mode="r:gz") as archive:
                yield archive
        except (requests.RequestException, tarfile.ReadError, EOFError, zlib.error) as error:
            raise VendorUnavailable(f"{what} is incomplete ({type(error).__name__}); try again") from error


def _members(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for member in archive:
        _, _, inner = member.name.partition("/")
        if inner:
            member.name = inner
            yield member
