"""One end of a dependency: a name that a file offers, needs or serves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """OFFERS: defines the name; PRIVATE: defines it for its own repository alone; SERVES: has the code behind it."""

    OFFERS = "offers"
    PRIVATE = "private"
    NEEDS = "needs"
    SERVES = "serves"


class TieKind(StrEnum):
    """What names mean one another in. MAVEN_GROUP and MAVEN_NAME are halves that stand in different files."""

    PYPI = "pypi"
    NPM = "npm"
    GO = "go"
    MAVEN = "maven"
    MAVEN_GROUP = "maven group"
    MAVEN_NAME = "maven name"
    CARGO = "cargo"
    REPOSITORY = "repository"
    HTTP = "http"
    HOST = "host"
    OPERATION = "operation"
    PROTO = "proto"
    RPC = "rpc"
    GRAPHQL = "graphql"
    EVENT = "event"


class Tie(NamedTuple):
    """line: from 1, 0 when it is not known; hint: what stands beside a name and tells whose it is."""

    role: Role
    kind: TieKind
    name: str
    line: int = 0
    hint: str = ""


class Unreadable(Exception):
    """A manifest that cannot be parsed: it says nothing, and the other files of its repository still do."""


_REPOSITORY = re.compile(r"[/:]([\w.-]{1,100})/([\w.-]{1,100}?)(?:\.git)?/?(?:[@#?][^\s]*)?$")


def line_of(text: str, *needles: str) -> int:
    """Of the first needle that occurs."""
    found = (text.find(needle) for needle in needles)
    return next((line_at(text, place) for place in found if place >= 0), 0)


def line_at(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def lines_with(text: str, marks: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Where each line begins that has one of `marks`, and the line: most files have none, and none is split."""
    starts = {text.rfind("\n", 0, place) + 1 for mark in marks for place in places(text, mark)}
    for start in sorted(starts):
        end = text.find("\n", start)
        yield start, text[start : end if end >= 0 else len(text)]


def places(text: str, mark: str) -> Iterator[int]:
    place = text.find(mark)
    while place >= 0:
        yield place
        place = text.find(mark, place + len(mark))


def repository(url: str) -> str:
    """``owner/name`` in small letters of a URL that git clones from; "" for what is none."""
    plain = url.strip().removeprefix("git+")
    if "://" not in plain and not re.match(r"[\w.-]+@[\w.-]+:", plain):
        return ""
    found = _REPOSITORY.search(plain)
    return f"{found[1]}/{found[2]}".lower() if found else ""


def needs(kind: TieKind, name: str, line: int = 0) -> Tie:
    return Tie(Role.NEEDS, kind, name, line)


def offers(kind: TieKind, name: str, line: int = 0) -> Tie:
    return Tie(Role.OFFERS, kind, name, line)
