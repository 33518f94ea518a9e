"""A local git repository, read and never written: no hook, no index, no ref and no work tree of it is touched."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from ferry.domain.errors import InvalidSettings

# What a repository's own configuration could start while we only look.
QUIET = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "safe.directory=*")
DEPENDENCIES = ("node_modules", ".venv", "venv")
LARGEST_TEXT = 2 * 1024**2
SECONDS = 300


@dataclass(frozen=True)
class GitRepository:
    """folder: of a work tree or of a bare repository."""

    folder: Path

    def commit(self, revision: str, option: str) -> str:
        """Its SHA; InvalidSettings names `option`."""
        if revision.startswith("-"):
            raise InvalidSettings(f"{option}: {revision!r} is no revision")
        self.git("rev-parse", "--git-dir", wrong=f"--repo: {self.folder} is no git repository")
        wrong = f"{option}: {revision} is no commit of {self.folder}"
        return self.git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", wrong=wrong).decode().strip()

    def dirty(self) -> bool:
        """Whether tracked files differ from HEAD; False in a bare repository."""
        try:
            return bool(self.git("status", "--porcelain", "--untracked-files=no", "--ignore-submodules"))
        except InvalidSettings:
            return False

    def write(self, commit: str, folder: Path) -> None:
        """Every file of `commit` into the empty `folder`; submodules stay empty."""
        with TemporaryDirectory() as index:
            aside = {"GIT_INDEX_FILE": str(Path(index) / "index")}
            self.git("read-tree", commit, more=aside)
            self.git("checkout-index", "--all", f"--prefix={folder.resolve()}/", more=aside)

    def changed(self, base: str, head: str) -> Iterator[tuple[str, str]]:
        """Path before and after of each file that differs, "" where there is none; renames as git sees them."""
        raw = self.git("diff", "--name-status", "-z", "-M", "--no-ext-diff", "--no-textconv", base, head)
        words = iter(os.fsdecode(raw).split("\0"))
        for kind in words:
            if kind.startswith("R"):
                yield next(words), next(words)
            elif kind:
                path = next(words)
                yield ("" if kind == "A" else path), ("" if kind == "D" else path)

    def git(self, *words: str, wrong: str = "", more: Mapping[str, str] | None = None) -> bytes:
        """What it prints. InvalidSettings with `wrong`, else with what git says."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environment = {**ours, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", **(more or {})}
        command = ["git", "-C", str(self.folder), *QUIET, *words]
        try:
            done = subprocess.run(command, capture_output=True, env=environment, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise InvalidSettings(f"git cannot be used ({error})") from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise InvalidSettings(wrong or f"git {words[0]}: {said[0] if said else f'exit code {done.returncode}'}")
        return done.stdout


@dataclass(frozen=True)
class GitTrees:
    """The port `Trees` of a change that is committed. plain: folder with ``base`` and ``head`` as git has them."""

    repository: GitRepository
    base_sha: str
    head_sha: str
    plain: Path
    name: str = "repository"

    @classmethod
    @contextmanager
    def of(cls, repository: GitRepository, base: str, head: str) -> Iterator[GitTrees]:
        with TemporaryDirectory(prefix="ferry-proof-", ignore_cleanup_errors=True) as folder:
            for name, sha in (("base", base), ("head", head)):
                (Path(folder) / name).mkdir()
                repository.write(sha, Path(folder) / name)
            yield cls(repository, base, head, Path(folder))

    @cached_property
    def _pairs(self) -> list[tuple[str, str]]:
        return list(self.repository.changed(self.base_sha, self.head_sha))

    @property
    def renamed(self) -> Mapping[str, str]:
        return {before: after for before, after in self._pairs if before and after and before != after}

    @property
    def texts(self) -> Mapping[str, tuple[str | None, str | None]]:
        """A renamed file is a new one that brings what its lines are not of old."""
        return {
            after or before: (_text(self.plain / "base" / before, before), _text(self.plain / "head" / after, after))
            for before, after in self._pairs
        }

    @contextmanager
    def base(self) -> Iterator[Path]:
        with self._copy("base") as root:
            yield root

    @contextmanager
    def head(self) -> Iterator[Path]:
        with self._copy("head") as root:
            yield root

    @contextmanager
    def mixed(self, tests: Collection[str]) -> Iterator[Path]:
        with self._copy("base") as root:
            for path in sorted(tests):
                _put(self.plain / "head", path, root / self.name)
            yield root

    @contextmanager
    def _copy(self, which: str) -> Iterator[Path]:
        with TemporaryDirectory(dir=self.plain, ignore_cleanup_errors=True) as folder:
            root = Path(folder) / "root"
            shutil.copytree(self.plain / which, root / self.name, symlinks=True)
            self._bring_dependencies(root / self.name)
            yield root

    def _bring_dependencies(self, target: Path) -> None:
        """What is installed beside the sources and not committed, copied, so that no test can spoil it."""
        for folder in sorted({*target.glob("package.json"), *target.glob("*/package.json"), target / "x"}):
            place = folder.parent
            for name in DEPENDENCIES:
                source = self.repository.folder / place.relative_to(target) / name
                if source.is_dir() and not place.is_symlink() and not os.path.lexists(place / name):
                    _copy_many(source, place / name)


def _copy_many(source: Path, target: Path) -> None:
    """By cp(1), which is four times as fast as shutil for ten thousands of small files. InvalidSettings."""
    target.mkdir()
    done = subprocess.run(["cp", "-a", f"{source}/.", str(target)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise InvalidSettings(f"{source} cannot be copied ({done.stderr.strip()[:200]})")


def _put(source: Path, path: str, target: Path) -> None:
    """A link or a file of the target that is in the way goes, so that nothing is written through it."""
    for part in [target / above for above in reversed(Path(path).parents)][1:] + [target / path]:
        if part.is_symlink() or part.is_file():
            part.unlink()
    file = target / path
    if file.is_dir():
        shutil.rmtree(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source / path, file, follow_symlinks=False)


def _text(file: Path, path: str) -> str | None:
    """ "" for what is no text, is too large or is no plain file."""
    if not path:
        return None
    if file.is_symlink() or not file.is_file() or file.stat().st_size > LARGEST_TEXT:
        return ""
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        return ""
