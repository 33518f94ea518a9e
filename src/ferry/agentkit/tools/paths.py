"""Paths from a model to files of the workspace, and no further."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ferry.agentkit.tool import Refused, ToolError
from ferry.domain.errors import GateViolation
from ferry.domain.gates import RULES, check_path
from ferry.domain.secret import has_mask

PLAIN = RULES[0]


def readable(repo: Path, path: str) -> Path:
    """An existing file inside `repo`; ToolError otherwise."""
    file = repo / path
    if PLAIN.breaks(path):
        raise Refused(PLAIN.says)
    if not _inside(file, repo) or not file.is_file():
        raise ToolError("there is no such file in the repository; list_files shows what there is")
    return file


def writable(repo: Path, path: str, approved: Collection[str]) -> Path:
    """A file inside `repo` that the gates let an agent write; Refused names the rule otherwise."""
    try:
        check_path(path, approved)
    except GateViolation as error:
        raise Refused(str(error)) from error
    file = repo / path
    if file.is_symlink() or file.is_dir() or not _inside(file, repo):
        raise ToolError("this path is a folder, or a link that leads elsewhere")
    return file


def text_of(file: Path) -> str:
    """ToolError when it is not UTF-8 text."""
    try:
        return file.read_bytes().decode()
    except UnicodeDecodeError:
        raise ToolError("this file is not UTF-8 text") from None


def unmasked(text: str) -> None:
    """ToolError when a secret was masked in `text`: written, the mask would take the secret's place."""
    if has_mask(text):
        raise ToolError("a secret of the file is masked here; change other parts of it by replace_in_file")


def _inside(file: Path, repo: Path) -> bool:
    return file.resolve().is_relative_to(repo.resolve())
