"""Cargo.toml (https://doc.rust-lang.org/cargo/reference/manifest.html), workspaces and targets included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ferry.domain.retrieval.ties.tables import table, toml, word
from ferry.domain.retrieval.ties.tie import Role, Tie, TieKind, line_of, needs, repository

GROUPS = ("dependencies", "dev-dependencies", "build-dependencies")


def cargo_toml(text: str) -> Iterator[Tie]:
    data = toml(text)
    package = table(data, "package")
    if name := word(package.get("name")):
        role = Role.PRIVATE if package.get("publish") is False else Role.OFFERS
        yield Tie(role, TieKind.CARGO, _normal(name), line_of(text, f'"{name}"'))
    places = [data, table(data, "workspace"), *map(table, table(data, "target").values())]
    for place in places:
        for group in GROUPS:
            yield from _needed(table(place, group), text)


def _needed(group: Mapping[str, Any], text: str) -> Iterator[Tie]:
    """A path is in the same repository, and what a workspace has is told there."""
    for alias, how in group.items():
        said = table(how)
        name = word(said.get("package")) or alias
        line = line_of(text, f"\n{alias} =", f"\n{alias}=", f"\n{alias}.", f".{alias}]")
        line += 1 if line and not text[: text.find("\n")].startswith(alias) else 0
        if git := repository(word(said.get("git"))):
            yield needs(TieKind.REPOSITORY, git, line)
        if not ("path" in said or said.get("workspace") is True):
            yield needs(TieKind.CARGO, _normal(name), line)


def _normal(name: str) -> str:
    """crates.io does not tell ``-`` from ``_``."""
    return name.lower().replace("_", "-")
