"""package.json (https://docs.npmjs.com/cli/configuring-npm/package-json), workspaces included: each has its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ferry.domain.retrieval.ties.tables import json_object, table, word
from ferry.domain.retrieval.ties.tie import Role, Tie, TieKind, line_of, needs, repository

GROUPS = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
LOCAL = ("workspace:", "file:", "link:", "portal:")
_SHORT = re.compile(r"(?:github:)?([\w.-]+/[\w.-]+?)(?:\.git)?(?:#.*)?")


def package_json(text: str) -> Iterator[Tie]:
    data = json_object(text)
    if name := word(data.get("name")).lower():
        # Neither is ever published; a name without a version is a folder's, for tools.
        private = data.get("private") is True or not word(data.get("version"))
        role = Role.PRIVATE if private else Role.OFFERS
        yield Tie(role, TieKind.NPM, name, line_of(text, '"name"'))
    for group in GROUPS:
        for name, version in table(data, group).items():
            yield from _needed(name, version, line_of(text, f'"{name}"'))


def _needed(name: str, version: Any, line: int) -> Iterator[Tie]:
    said = word(version)
    if said.startswith(LOCAL):
        return
    if said.startswith("npm:"):
        name = said.removeprefix("npm:")
        name = name[: name.find("@", 1)] if "@" in name[1:] else name
    short = _SHORT.fullmatch(said)
    if repo := repository(said) or (short[1].lower() if short else ""):
        yield needs(TieKind.REPOSITORY, repo, line)
    yield needs(TieKind.NPM, name.lower(), line)
