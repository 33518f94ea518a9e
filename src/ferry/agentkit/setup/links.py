"""What a set-up made inside its copy of a repository, lent to the repository while one command runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

NODE = "node_modules"


@contextmanager
def linked(made: Path, repo: Path, names: Sequence[str]) -> Iterator[None]:
    """By links, which are gone afterwards. What the repository has itself is left alone."""
    wanted = {path.name for path in made.iterdir()} if "*" in names else set(names)
    lent = [name for name in sorted(wanted) if (made / name).exists() and not _there(repo / name)]
    try:
        for name in lent:
            _lend(made / name, repo / name)
        yield
    finally:
        for name in lent:
            _take_back(repo / name)


def _lend(source: Path, target: Path) -> None:
    """Tools keep caches in ``node_modules`` itself, so that one is a folder, of links to each package."""
    if source.name != NODE:
        target.symlink_to(source)
        return
    target.mkdir()
    for package in source.iterdir():
        if package.name.startswith("@"):
            (target / package.name).mkdir()
            for inner in package.iterdir():
                (target / package.name / inner.name).symlink_to(inner)
        else:
            (target / package.name).symlink_to(package)


def _take_back(target: Path) -> None:
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target, ignore_errors=True)
    else:
        with suppress(FileNotFoundError):
            target.unlink()


def _there(path: Path) -> bool:
    return path.is_symlink() or path.exists()
