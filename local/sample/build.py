"""Builds the sample organisation: bare git repositories with real histories and the same SHAs everywhere.

`repos/<name>/` is a repository as of its last commit, `histories/<name>.yaml` how it came to be (see README.md).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

SAMPLE = Path(__file__).parent
ORGANISATION = "acme"
NEEDS_NODE = frozenset({"storefront"})


class SampleError(ValueError):
    """A history does not fit the files of its repository; the text names both."""


def repository_names(source: Path = SAMPLE, has_node: bool | None = None) -> list[str]:
    """The repositories that take part on this machine: `storefront` only where node is (None: look for it)."""
    node = shutil.which("node") is not None if has_node is None else has_node
    names = sorted(path.stem for path in (source / "histories").glob("*.yaml"))
    return [name for name in names if node or name not in NEEDS_NODE]


def build_organisation(destination: Path, source: Path = SAMPLE) -> list[Path]:
    """Write `<name>.git`, bare and with one branch `main`, for every repository into `destination`.

    Raises FileExistsError where one is there already, SampleError when a history does not end in the files of
    `repos/<name>`, and CalledProcessError when git fails.
    """
    destination.mkdir(parents=True, exist_ok=True)
    return [_build(source, name, destination / f"{name}.git") for name in repository_names(source)]


def _build(source: Path, name: str, bare: Path) -> Path:
    if bare.exists():
        raise FileExistsError(bare)
    history: list[dict[str, Any]] = yaml.safe_load((source / "histories" / f"{name}.yaml").read_text("utf-8"))
    head = _files_of(source / "repos" / name)
    _check_end(name, history, head)
    # Neither the user's templates nor GIT_* variables of a hook that runs us may change the result.
    env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    init = ["git", "init", "-q", "--bare", "--template=", "--object-format=sha1", "-b", "main", str(bare)]
    subprocess.run(init, check=True, env=env)
    stream = b"".join(_commit(commit, head) for commit in history)
    importer = ["git", "-C", str(bare), "fast-import", "--quiet", "--done", "--date-format=raw"]
    subprocess.run(importer, input=stream + b"done\n", check=True, env=env)
    return bare


def _files_of(folder: Path) -> dict[str, str]:
    """Text by path of everything that git would keep: no caches that a test run left behind."""
    paths = {path.relative_to(folder): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name.as_posix(): path.read_text("utf-8") for name, path in paths.items() if "cache" not in str(name.parent)}


def _check_end(name: str, history: list[dict[str, Any]], head: Mapping[str, str]) -> None:
    """Every file must be added, and the last word on it must be its text in `repos/`."""
    final: set[str] = set()
    for commit in history:
        final |= set(commit.get("add", []))
        final -= set(commit.get("earlier", {}))
    named = {path for commit in history for path in commit.get("earlier", {})}
    if strange := (final ^ set(head)) | (named - set(head)):
        raise SampleError(f"{name}: the history and repos/{name} differ in {', '.join(sorted(strange))}")


def _commit(commit: Mapping[str, Any], head: Mapping[str, str]) -> bytes:
    """One commit in the language of `git fast-import` (git-fast-import(1), "Input format")."""
    when: datetime = commit["date"]
    person = f"{commit['author']} {int(when.timestamp())} {when:%z}"
    lines = [f"commit refs/heads/main\nauthor {person}\ncommitter {person}\n".encode(), _data(commit["message"])]
    for path, text in _changes(commit, head):
        lines += [f"M 100644 inline {path}\n".encode(), _data(text)]
    return b"".join(lines)


def _changes(commit: Mapping[str, Any], head: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for path in commit.get("add", []):
        yield path, head[path]
    for path, edits in commit.get("earlier", {}).items():
        yield path, _earlier(path, head[path], **edits)


def _earlier(path: str, text: str, until: str = "", replace: Mapping[str, str] | None = None) -> str:
    """A file as it was once: cut before the text `until`, with pieces of today replaced by those of then."""
    for piece in (*(replace or {}), *([until] if until else [])):
        if text.count(piece) != 1:
            raise SampleError(f"{path}: {piece!r} occurs {text.count(piece)} times, must be once")
    for now, then in (replace or {}).items():
        text = text.replace(now, then)
    return text.partition(until)[0].rstrip("\n") + "\n" if until else text


def _data(text: str) -> bytes:
    raw = text.encode()
    return b"data %d\n%s\n" % (len(raw), raw)
