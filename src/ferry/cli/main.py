"""The command line: arguments in, one answer out. stdout carries the answer alone; an error is one line on stderr.

Exit codes: 0 ok, 1 no (the answer is bad news, or Ferry refused), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn, TextIO

from ferry.cli import account, act, audit, discover, gate, index, look, memory, models, policy, proof, target, why
from ferry.domain.errors import FerryError, InvalidSettings
from ferry.usecases.world import World

Connect = Callable[[str], World]
USAGE, NO = 2, 1


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"{self.prog}: {message}; see `python -m ferry --help`\n")


def main(
    arguments: Sequence[str],
    *,
    connect: Connect = target.connect,
    out: TextIO | None = None,
    err: TextIO | None = None,
) -> int:
    """connect: from the value of ``--stack`` to the world that the verbs work in."""
    out, err = out or sys.stdout, err or sys.stderr
    try:
        given = parser().parse_args(arguments, argparse.Namespace(err=err))
    except SystemExit as ended:
        return int(ended.code or 0)
    try:
        answer = given.offline(given) if "offline" in given else given.run(given, connect(given.stack))
    except FerryError as error:
        err.write(f"{type(error).__name__}: {' '.join(str(error).split())}\n")
        return USAGE if isinstance(error, InvalidSettings) else NO
    out.write((json.dumps(answer.data, indent=2, ensure_ascii=False) if given.json else answer.text) + "\n")
    return int(answer.code)


def parser() -> argparse.ArgumentParser:
    """Every verb takes the global options before or after itself."""
    options = argparse.ArgumentParser(add_help=False)
    _options(options, argparse.SUPPRESS, argparse.SUPPRESS)
    top = _Parser(prog="python -m ferry", description="See and steer what Ferry does.")
    _options(top, False, "")
    verbs = top.add_subparsers(metavar="<verb>", required=True)
    for group in (look, why, act, account, audit, policy, discover, gate, index, memory, models, proof):
        group.add(verbs, options)
    return top


def _options(to: argparse.ArgumentParser, json_default: object, stack_default: object) -> None:
    to.add_argument("--json", action="store_true", default=json_default, help="print JSON only")
    to.add_argument(
        "--stack",
        metavar="NAME",
        default=stack_default,
        help=f"a stack in AWS (default: the local stack of this folder if it runs, else {target.DEFAULT_STACK})",
    )
