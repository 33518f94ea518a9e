"""Commit objects as git stores them: read and written without a process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Person:
    """date: ISO 8601 in UTC with a ``Z``."""

    name: str
    email: str
    date: str


@dataclass(frozen=True)
class Commit:
    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    message: str


def parse_commit(sha: str, data: bytes) -> Commit:
    head, _, message = data.decode(errors="replace").partition("\n\n")
    fields = [line.split(" ", 1) for line in head.split("\n") if " " in line and not line.startswith(" ")]
    first = dict(reversed(fields))
    return Commit(
        sha=sha,
        tree=first["tree"],
        parents=tuple(value for key, value in fields if key == "parent"),
        author=_person(first["author"]),
        committer=_person(first["committer"]),
        message=message.removesuffix("\n"),
    )


def format_commit(tree: str, parents: tuple[str, ...], author: Person, committer: Person, message: str) -> bytes:
    lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
    lines += [f"author {_stamp(author)}", f"committer {_stamp(committer)}", "", message]
    return "\n".join(lines).encode()


def _person(line: str) -> Person:
    who, seconds, _zone = line.rsplit(" ", 2)
    name, _, email = who.partition(" <")
    return Person(name, email.removesuffix(">"), iso(float(seconds)))


def _stamp(person: Person) -> str:
    seconds = int(datetime.fromisoformat(person.date).timestamp())
    name, email = (_clean(part) for part in (person.name, person.email))
    return f"{name} <{email}> {seconds} +0000"


def _clean(text: str) -> str:
    """Characters that would end the field are dropped, as git does."""
    return "".join(c for c in text if c not in "<>\n").strip()


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
