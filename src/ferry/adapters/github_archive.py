"""Unpacks the archive of a repository."""

from __future__ import annotations

import tarfile
import tempfile
import zlib
from pathlib import Path
from typing import IO

import requests

from ferry.domain.errors import VendorUnavailable

_CHUNK, _IN_MEMORY = 1 << 16, 16 << 20


def unpack(answer: requests.Response, destination: Path, what: str) -> None:
    """A tar.gz whose one top folder is left out. VendorUnavailable when it breaks off; `what` names it then."""
    with answer, tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        try:
            for chunk in answer.iter_content(_CHUNK):
                file.write(chunk)
            file.seek(0)
            _extract(file, destination)
        except (requests.RequestException, tarfile.ReadError, EOFError, zlib.error) as error:
            raise VendorUnavailable(f"{what} is incomplete ({type(error).__name__}); try again") from error


def _extract(file: IO[bytes], destination: Path) -> None:
    with tarfile.open(fileobj=file, mode="r:gz") as archive:
        for member in archive:
            _, _, inner = member.name.partition("/")
            if not inner:
                continue
            member.name = inner
            try:
                archive.extract(member, destination, filter="data")
            except tarfile.FilterError:
                continue  # a link out of the tree or a device: of no use, and not ours to follow
