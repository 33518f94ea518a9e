"""Where an agent works: a fresh copy of a repository, with those it depends on beside it, and nothing else."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from ferry.domain.change import FileChange
from ferry.domain.document import digest
from ferry.domain.errors import InvalidDocument
from ferry.ports import Forge

# What tools leave behind; never read as a change, never committed.
LEFTOVERS = frozenset(
    {".git", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", "node_modules", ".coverage"}
)

Entry = tuple[str, str]


@dataclass(frozen=True)
class Workspace:
    """`folder` holds ``pristine`` (as downloaded, which no command sees) and ``work``: each one folder per repository.

    name: the folder of the repository that is worked on.
    """

    folder: Path
    name: str

    @property
    def root(self) -> Path:
        """What commands may write: the repository and its neighbours."""
        return self.folder / "work"

    @property
    def repo(self) -> Path:
        return self.root / self.name

    @property
    def pristine(self) -> Path:
        return self.folder / "pristine" / self.name

    def changed(self) -> tuple[frozenset[str], frozenset[str]]:
        """Paths that differ from the base, and those of them that are now neither a plain file nor gone."""
        base, now = entries(self.pristine), entries(self.repo)
        paths = frozenset(path for path in base.keys() | now.keys() if base.get(path) != now.get(path))
        return paths, frozenset(path for path in paths if path in now and now[path][0] not in ("file", "program"))

    def changes(self, paths: Iterable[str]) -> tuple[FileChange, ...]:
        """Of plain files; a path that is gone becomes a deletion."""
        return tuple(self._change(path) for path in sorted(paths))

    def _change(self, path: str) -> FileChange:
        file = self.repo / path
        if not file.exists():
            return FileChange(path, None)
        return FileChange(path, file.read_bytes(), bool(file.stat().st_mode & stat.S_IXUSR))

    def restore(self, paths: Iterable[str]) -> None:
        """Put each path back to what it was on the base. Parents come first, so no link is ever followed."""
        for path in sorted(paths):
            here, before = self.repo / path, self.pristine / path
            if here.is_dir() and not here.is_symlink():
                shutil.rmtree(here)
            with suppress(FileNotFoundError, NotADirectoryError):
                here.unlink()
            if before.is_symlink() or before.is_file():
                here.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(before, here, follow_symlinks=False)

    @contextmanager
    def trial(self) -> Iterator[Path]:
        """A throw-away copy of ``work``: what a command does there changes nothing here."""
        with TemporaryDirectory(dir=self.folder, ignore_cleanup_errors=True) as folder:
            yield _copy(self.root, Path(folder) / "root")

    @contextmanager
    def replay(self, changes: Iterable[FileChange]) -> Iterator[Path]:
        """A throw-away copy of ``pristine`` with `changes` in it: what the commit will be, untouched by any command."""
        with TemporaryDirectory(dir=self.folder, ignore_cleanup_errors=True) as folder:
            root = _copy(self.pristine.parent, Path(folder) / "root")
            for change in changes:
                _apply(change, root / self.name)
            yield root


@contextmanager
def workspace(forge: Forge, repo: str, head: str, beside: Mapping[str, str]) -> Iterator[Workspace]:
    """Download `repo` at `head` and each neighbour at its SHA; everything is gone afterwards."""
    with TemporaryDirectory(prefix="ferry-", ignore_cleanup_errors=True) as folder:
        for name, sha in {**beside, repo: head}.items():
            target = Path(folder) / "pristine" / folder_of(name)
            if target.exists():
                raise InvalidDocument(
                    f"two repositories are called {target.name}; one of them must not be a dependency"
                )
            target.mkdir(parents=True)
            forge.download(name, sha, target)
        _copy(Path(folder) / "pristine", Path(folder) / "work")
        yield Workspace(Path(folder), folder_of(repo))


def folder_of(repo: str) -> str:
    """``acme/pricing`` → ``pricing``; InvalidDocument for a name that is no folder's."""
    name = repo.rpartition("/")[2]
    if name in ("", ".", ".."):
        raise InvalidDocument(f"{repo!r} is not the name of a repository")
    return name


def tree_digest(repo: Path) -> str:
    """Of every path, mode and content."""
    return digest({os.fsencode(path).hex(): entry for path, entry in entries(repo).items()})


def entries(repo: Path) -> dict[str, Entry]:
    """By path: ``file``, ``program`` or ``link`` with a hash of what it holds, or ``special``. No link is followed."""
    found: dict[str, Entry] = {}
    for folder, names, files in os.walk(repo):
        names[:] = [name for name in names if name not in LEFTOVERS]
        links = [name for name in names if (Path(folder) / name).is_symlink()]
        for name in (*files, *links):
            path = Path(folder) / name
            if name not in LEFTOVERS and path.suffix != ".pyc":
                found[path.relative_to(repo).as_posix()] = _entry(path)
    return found


def _entry(path: Path) -> Entry:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return "link", sha256(os.fsencode(path.readlink())).hexdigest()
    if not stat.S_ISREG(mode):
        return "special", ""
    return "program" if mode & stat.S_IXUSR else "file", sha256(path.read_bytes()).hexdigest()


def _copy(source: Path, target: Path) -> Path:
    return shutil.copytree(source, target, symlinks=True, ignore=_uncopyable)


def _uncopyable(folder: str, names: list[str]) -> set[str]:
    """A pipe would hold the copy for ever."""
    return {name for name in names if _is_special((Path(folder) / name).lstat().st_mode)}


def _is_special(mode: int) -> bool:
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode))


def _apply(change: FileChange, repo: Path) -> None:
    file = repo / change.path
    if change.content is None:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(change.content)
    file.chmod(0o755 if change.executable else 0o644)
