"""`discover`: the files that fit a ticket best, of folders on this machine; neither a stack nor AWS is asked."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ferry.cli.folder import index_of
from ferry.cli.verb import Answer
from ferry.domain.discovery import LIKELY
from ferry.domain.errors import InvalidSettings
from ferry.domain.retrieval.find import find_surely

MOST = 1000
TEXT_FIELDS = ("text", "body", "description")


def add(verbs: Any, options: argparse.ArgumentParser) -> None:
    verb = verbs.add_parser("discover", parents=[options], help="files that fit a ticket best, as JSON; needs no stack")
    where = verb.add_mutually_exclusive_group(required=True)
    where.add_argument("--org-dir", type=_path, metavar="DIR", help="each folder in it is a repository")
    where.add_argument("--repo", type=_path, metavar="DIR", help="a checkout of one repository")
    verb.add_argument("--ticket", type=_path, metavar="FILE.json", required=True, help='{"title": "…", "text": "…"}')
    verb.add_argument("-k", type=_count, default=10, metavar="N", help=f"how many files, 1 to {MOST} (default: 10)")
    verb.set_defaults(offline=discover)


def discover(given: argparse.Namespace) -> Answer:
    """A list of ``{"repo", "path", "score", "evidence"}``, best first, with or without ``--json``. InvalidSettings.

    stderr says so where the list of files of the first repository is likely not complete.
    """
    title, text = _ticket(given.ticket)
    indexes = [index_of(_name(folder), folder) for folder in _folders(given)]
    hits, sure = find_surely(title, text, indexes, given.k)
    if hits and sure < LIKELY:
        doubt = f"{sure:.0%} sure that the first ten of {hits[0].repo} are all that change"
        given.err.write(f"the list of files is likely not complete: {doubt}\n")
    found = [{"repo": hit.repo, "path": hit.path, "score": hit.score, "evidence": list(hit.evidence)} for hit in hits]
    return Answer(found, json.dumps(found, indent=2, ensure_ascii=False))


def _folders(given: argparse.Namespace) -> list[Path]:
    option, folder = ("--repo", given.repo) if given.repo else ("--org-dir", given.org_dir)
    if not folder.is_dir():
        raise InvalidSettings(f"{option}: {folder} is no folder")
    if given.repo:
        return [folder]
    found = sorted(one for one in folder.iterdir() if one.is_dir() and not one.name.startswith("."))
    if not found:
        raise InvalidSettings(f"--org-dir: {folder} has no folder in it; each repository is one")
    return found


def _name(folder: Path) -> str:
    """``owner+name`` of a folder is ``owner/name``."""
    return folder.resolve().name.replace("+", "/", 1)


def _ticket(file: Path) -> tuple[str, str]:
    try:
        written = file.read_text("utf-8")
        data = json.loads(written) if written.strip() else {}
    except OSError as error:
        raise InvalidSettings(f"--ticket: {file} cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise InvalidSettings(f"--ticket: {file} is no JSON in UTF-8 ({error})") from error
    if not isinstance(data, dict):
        raise InvalidSettings(f"--ticket: {file} must hold an object with title and text, not {type(data).__name__}")
    title = _words(data, "title")
    text = next((_words(data, field) for field in TEXT_FIELDS if field in data), "")
    if not (title + text).strip():
        raise InvalidSettings(f"--ticket: title and text of {file} are empty; at least one of them must say something")
    return title, text


def _words(data: Mapping[str, Any], field: str) -> str:
    value = data.get(field)
    if value is not None and not isinstance(value, str):
        raise InvalidSettings(f"--ticket: {field} must be a string, not {type(value).__name__}")
    return value or ""


def _path(text: str) -> Path:
    if not text:
        # Not the folder one happens to be in, where a variable of a script was empty.
        raise argparse.ArgumentTypeError("it is empty; name a path")
    return Path(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to {MOST}")
    return int(text)
