"""`gate`: what a diff does to tests, checks and configuration; neither a stack nor AWS is asked."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ferry.adapters.git_diff import read_diff
from ferry.cli.verb import Answer
from ferry.domain.errors import InvalidSettings
from ferry.domain.integrity import MOST_BYTES, Asked, inspect
from ferry.domain.integrity.plans import allowed_by
from ferry.domain.policy import read_gate


def add(verbs: Any, options: argparse.ArgumentParser) -> None:
    verb = verbs.add_parser("gate", parents=[options], help="whether a diff cheats, as JSON; needs no stack")
    verb.add_argument("--repo", type=Path, metavar="DIR", required=True, help="a checkout or a bare clone")
    verb.add_argument("--base", metavar="REV", required=True, help="what the diff began from")
    verb.add_argument("--head", metavar="REV", required=True, help="what it leads to")
    verb.add_argument("--plan", type=Path, metavar="FILE.json", help="the approved plan: other paths are findings")
    verb.set_defaults(offline=gate)


def gate(given: argparse.Namespace) -> Answer:
    """``{"blocked", "findings"}``, with or without ``--json``; code 1 when blocked. InvalidSettings: could not run."""
    # Parsers and detectors are for this verb alone; the others start without them.
    from ferry.adapters.detect_secrets import scan
    from ferry.adapters.tree_sitter import parse

    if not given.repo.is_dir():
        raise InvalidSettings(f"--repo: {given.repo} is no folder")
    allowed, asked = _plan(given.plan, given.repo.resolve().name)
    diff = read_diff(given.repo, given.base, given.head, most_bytes=MOST_BYTES)
    found = inspect(
        diff.changes,
        allowed=allowed,
        asked=asked,
        policy=read_gate(os.environ.get("APPROVAL_POLICY", "")),
        known=diff.known,
        unread=diff.unread,
        parse=parse,
        scan=scan,
    )
    blocked = any(one.severity == "block" for one in found)
    data = {"blocked": blocked, "findings": [asdict(one) for one in found]}
    return Answer(data, json.dumps(data, indent=2, ensure_ascii=False), code=int(blocked))


def _plan(file: Path | None, name: str) -> tuple[frozenset[str] | None, Asked]:
    """name: of the folder; ``owner+name`` is ``owner/name``."""
    if file is None:
        return None, Asked()
    try:
        plan = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise InvalidSettings(f"--plan: {file} cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise InvalidSettings(f"--plan: {file} is no JSON in UTF-8 ({error})") from error
    if not isinstance(plan, dict):
        raise InvalidSettings(f"--plan: {file} must hold an object with tasks, not {type(plan).__name__}")
    here = allowed_by(plan, name.replace("+", "/", 1))
    paths, asked = here if here[0] else allowed_by(plan)
    if not paths:
        raise InvalidSettings(f"--plan: {file} names no file; give its tasks file and test_file")
    return paths, asked
