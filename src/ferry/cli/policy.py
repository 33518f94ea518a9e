"""`policy check`: the approval policy's faults, or what it says in words; no stack is asked."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from ferry.cli.verb import Answer
from ferry.domain.errors import InvalidSettings
from ferry.domain.policy import read_policy
from ferry.domain.policy.words import in_words

FROM_STDIN = "-"


def add(verbs: Any, options: argparse.ArgumentParser) -> None:
    policy = verbs.add_parser("policy", help="look at an approval policy before it is deployed")
    acts = policy.add_subparsers(metavar="<act>", required=True)
    check = acts.add_parser("check", parents=[options], help="its faults, or what it says in words")
    check.add_argument("file", nargs="?", help="JSON, - for stdin (default: APPROVAL_POLICY of the environment)")
    check.set_defaults(offline=_check)


def _check(given: argparse.Namespace) -> Answer:
    """APPROVERS of the environment decide where the policy names nobody, as in the stack."""
    approvers = [id.strip() for id in os.environ.get("APPROVERS", "").split(",") if id.strip()]
    text = _text(given.file)
    try:
        policy = read_policy(text, approvers)
    except InvalidSettings as wrong:
        return Answer({"fault": str(wrong)}, str(wrong), code=1)
    return Answer(policy.dump(), "\n".join(in_words(policy)))


def _text(file: str | None) -> str:
    """InvalidSettings for a file that cannot be read."""
    if file is None:
        return os.environ.get("APPROVAL_POLICY", "")
    try:
        return sys.stdin.read() if file == FROM_STDIN else Path(file).read_text("utf-8")
    except (OSError, ValueError) as error:
        raise InvalidSettings(f"{file}: cannot be read as text ({error})") from error
