"""A checked-out repository as discovery reads it."""

from __future__ import annotations

import os
from pathlib import Path

from ferry.domain.retrieval.documents import MAX_BYTES, Repository, decode, repository, wanted


def read_tree(name: str, root: Path) -> Repository:
    """Every file worth reading below `root`. Links are not followed; what cannot be read is left out."""
    texts: dict[str, str] = {}
    paths: list[str] = []
    for folder, names, files in os.walk(root):
        names[:] = [each for each in names if wanted(f"{each}/")]
        for path in (Path(folder) / file for file in files):
            relative = path.relative_to(root).as_posix()
            if path.is_symlink() or not path.is_file() or not _speakable(relative):
                continue
            paths.append(relative)
            if wanted(relative) and (text := _text(path)) is not None:
                texts[relative] = text
    return repository(name, texts, tuple(paths))


def _text(path: Path) -> str | None:
    try:
        return decode(path.read_bytes()) if path.stat().st_size <= MAX_BYTES else None
    except OSError:
        return None


def _speakable(path: str) -> bool:
    """A name that is no UTF-8 can neither be shown to a model nor named by one."""
    return path.isprintable()
