"""A repository as it lies in a folder, as an index."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ferry.usecases.indexing.making import LARGEST, Index, made, read_file, wanted

NO_TEXT = b"\0"


def index_of(name: str, root: Path) -> Index:
    """name: ``owner/name``. Links are not followed; of what cannot be read, or is too large, only the path is known."""
    facts = (read_file(path, data) for path, data in contents(root))
    return made(name, "", None, {}, filter(None, facts), ())


def contents(root: Path) -> Iterator[tuple[str, bytes]]:
    """Path and content of every file that an index wants."""
    for folder, names, files in os.walk(root):
        names[:] = [each for each in names if wanted(f"{each}/")]
        for path in (Path(folder) / file for file in files):
            relative = path.relative_to(root).as_posix()
            # A name that is no UTF-8, or has a line break, can neither be shown nor named.
            if relative.isprintable() and not path.is_symlink() and path.is_file() and wanted(relative):
                yield relative, _content(path)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.stat().st_size <= LARGEST else NO_TEXT
    except OSError:
        return NO_TEXT
