"""`memory`: what Ferry learnt about a repository, shown and put right by an operator."""

from __future__ import annotations

import argparse
import getpass
from typing import Any

from ferry.cli.verb import Answer, Run
from ferry.domain.audit import broken
from ferry.domain.lesson import Lesson
from ferry.domain.messages.audit import audit_line
from ferry.domain.messages.memory import SHELL, lesson_text, taught
from ferry.ports import Kept
from ferry.usecases.memory import (
    accept_lesson,
    add_lesson,
    chain,
    edit_lesson,
    find_lesson,
    forget_lesson,
    repository,
)
from ferry.usecases.world import World


def add(verbs: Any, options: argparse.ArgumentParser) -> None:
    memory = verbs.add_parser("memory", parents=[options], help="what was learnt about a repository")
    acts = memory.add_subparsers(metavar="<act>", required=True)
    for name, run, arguments, words in (
        ("list", list_lessons, (), "all its lessons, newest first"),
        ("show", show, ("lesson",), "one of them"),
        ("add", teach, ("words",), "teach it something"),
        ("edit", edit, ("lesson", "words"), "say it in other words"),
        ("accept", accept, ("lesson",), "use one that was kept back, because it looks like an instruction"),
        ("forget", forget, ("lesson",), "take it away; the same review does not teach it again"),
        ("history", history, (), "who added, edited, accepted and forgot"),
    ):
        act = acts.add_parser(name, parents=[options], help=words)
        act.add_argument("repository", help="owner/name")
        for argument in arguments:
            act.add_argument(argument, nargs="+" if argument == "words" else None)
        act.set_defaults(run=_in_repository(run))


def _in_repository(run: Run) -> Run:
    def known(given: argparse.Namespace, world: World) -> Answer:
        given.repository = repository(given.repository, world)
        return run(given, world)

    return known


def list_lessons(given: argparse.Namespace, world: World) -> Answer:
    found = world.memory.lessons(given.repository)
    text = "\n".join(map(lesson_text, found)) or f"nothing was learnt about {given.repository} yet"
    return Answer([one.dump() for one in found], text)


def show(given: argparse.Namespace, world: World) -> Answer:
    one = find_lesson(given.repository, given.lesson, world)
    return Answer(one.dump(), lesson_text(one))


def teach(given: argparse.Namespace, world: World) -> Answer:
    by, words = _operator(), " ".join(given.words)
    kept = add_lesson(given.repository, words, by, f"{by} {world.now()}", world)
    return _answer(kept, taught(kept.lesson, kept.gone, SHELL))


def edit(given: argparse.Namespace, world: World) -> Answer:
    kept = edit_lesson(given.repository, given.lesson, " ".join(given.words), _operator(), world)
    return _answer(kept, lesson_text(kept.lesson))


def accept(given: argparse.Namespace, world: World) -> Answer:
    kept = accept_lesson(given.repository, given.lesson, _operator(), world)
    return _answer(kept, lesson_text(kept.lesson))


def forget(given: argparse.Namespace, world: World) -> Answer:
    kept = forget_lesson(given.repository, given.lesson, _operator(), world)
    return _answer(kept, f"lesson {kept.lesson.id} of {given.repository} is forgotten")


def history(given: argparse.Namespace, world: World) -> Answer:
    """Code 1 when the chain was tampered with."""
    records, head = world.gate.audit(chain(given.repository))
    lines = list(map(audit_line, records)) or [f"nobody changed a lesson of {given.repository}"]
    wrong = broken(records, head)
    data = {"records": [record.dump() for record in records], "broken": wrong}
    return Answer(data, "\n".join([*lines, *([f"this record is broken: {wrong}"] if wrong else [])]), int(bool(wrong)))


def _operator() -> str:
    """Who is one is a matter of AWS's own permissions."""
    return f"operator:{getpass.getuser()}"


def _answer(kept: Kept, text: str) -> Answer:
    one: Lesson = kept.lesson
    return Answer({**one.dump(), "note": kept.note}, f"{text}\n{kept.note}" if kept.note else text)
