"""Unpacks the archive of a repository, or reads it without unpacking: a tar.gz whose one top folder is left out."""

from __future__ import annotations

import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from ferry.domain.errors import VendorUnavailable

_CHUNK, _IN_MEMORY = 1 << 16, 16 << 20


def unpack(answer: requests.Response, destination: Path, what: str) -> None:
    """VendorUnavailable when it breaks off; `what` names it then."""
    with _opened(answer, what) as archive:
        for member in _members(archive):
            try:
                archive.extract(member, destination, filter="data")
            except tarfile.FilterError:
                continue  # a link out of the tree or a device: of no use, and not ours to follow


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
def _opened(answer: requests.Response, what: str) -> Iterator[tarfile.TarFile]:
    with answer, tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        try:
            for chunk in answer.iter_content(_CHUNK):
                file.write(chunk)
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
