"""`proof`: whether the tests of a change fail without it and pass with it, in a repository on this machine."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from ferry.adapters.git_repository import GitRepository, GitTrees
from ferry.adapters.sandboxes import NAMES, choose_sandbox
from ferry.agentkit.proving import prove
from ferry.agentkit.suite import Suite
from ferry.cli.verb import Answer
from ferry.domain.errors import FerryError, InvalidSettings
from ferry.domain.proof import Proof

SECONDS = 600


def add(verbs: Any, options: argparse.ArgumentParser) -> None:
    verb = verbs.add_parser(
        "proof", parents=[options], help="red without a change, green with it? JSON; needs no stack"
    )
    verb.add_argument("--repo", type=Path, metavar="DIR", required=True, help="a local git repository; never changed")
    verb.add_argument("--base", metavar="REV", required=True, help="the commit before the change")
    verb.add_argument("--head", metavar="REV", required=True, help="the commit with it")
    verb.add_argument("--sandbox", choices=NAMES, default="auto", help="where tests run (default: auto, bubblewrap)")
    verb.add_argument("--seconds", type=_seconds, default=SECONDS, help=f"of one run of tests (default: {SECONDS})")
    verb.set_defaults(offline=proof)


def proof(given: argparse.Namespace) -> Answer:
    """``{"tests": [{"id", "base", "head"}], "proved", "reason"}``; code 1 when it is not proved. InvalidSettings when
    it cannot be found out."""
    repository = GitRepository(_folder(given.repo))
    base, head = repository.commit(given.base, "--base"), repository.commit(given.head, "--head")
    if repository.dirty():
        given.err.write(f"{given.repo} has changes that are not committed; they are no part of what is proved\n")
    try:
        with GitTrees.of(repository, base, head) as trees:
            evidence = prove(trees, Suite(choose_sandbox(given.sandbox), given.seconds))
    except FerryError as error:
        raise InvalidSettings(f"nothing could be run: {error}") from error
    found = evidence.proof
    if not evidence.ran:
        raise InvalidSettings(f"no test could be run: {found.reason}")
    data = {"tests": _tests(found), "proved": found.proved, "reason": found.reason}
    return Answer(data, json.dumps(data, indent=2, ensure_ascii=False), 0 if found.proved else 1)


def _tests(found: Proof) -> list[dict[str, str]]:
    return [{"id": case.id, "base": str(case.base), "head": str(case.head)} for case in found.cases]


def _folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise InvalidSettings(f"--repo: {folder} is no folder")
    return folder


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 36_000):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to 36000")
    return int(text)
