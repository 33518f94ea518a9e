"""build.gradle(.kts), settings.gradle(.kts), gradle.properties and version catalogs, as far as they are literal.

A project's coordinates are a group and a name that stand in different files: `dependencies` puts them together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ferry.domain.retrieval.ties.tables import table, toml, word
from ferry.domain.retrieval.ties.tie import Tie, TieKind, line_at, line_of, needs, offers

_COMMENT = re.compile(r"^[ \t]*(?://|\*|/\*).*$", re.MULTILINE)
_COORDINATES = re.compile(r"""["']([\w-]+(?:\.[\w-]+)*):([\w.-]+)(?::[^"'\n:]{0,60}){0,3}["']""")
_CALL = re.compile(
    r"^[ \t]*(?:\w*(?:[iI]mplementation|[aA]pi|[cC]ompileOnly|[rR]untimeOnly|[aA]nnotationProcessor|[cC]ompile)"
    r"|kapt\w*|ksp\w*|classpath)\b(.{1,300})$",
    re.MULTILINE,
)
_MAP = re.compile(r"""\bgroup\s*[:=]\s*["']([\w.-]+)["']\s*,\s*name\s*[:=]\s*["']([\w.-]+)["']""")
_GROUP = re.compile(r"""^[ \t]*(?:project\.)?group\s*(?:=\s*)?["']([\w.-]+)["']""", re.MULTILINE)
_PUBLISHED = re.compile(r"""^[ \t]*(groupId|artifactId)\s*=?\s*["']([\w.-]+)["']""", re.MULTILINE)
_ROOT = re.compile(r"""^[ \t]*rootProject\.name\s*=\s*["']([\w.-]+)["']""", re.MULTILINE)
_INCLUDE = re.compile(r"""^[ \t]*include\b([^\n]*(?:,[ \t]*\n[^\n]*)*)""", re.MULTILINE)
_PROJECT = re.compile(r"""["']:?([\w.:/-]+)["']""")
_PROPERTY = re.compile(r"^[ \t]*group[ \t]*[=:][ \t]*([\w.-]+)[ \t]*$", re.MULTILINE)


def build(text: str) -> Iterator[Tie]:
    text = _COMMENT.sub("", text)
    for call in _CALL.finditer(text):
        line = line_at(text, call.start(1))
        for group, name in [*_COORDINATES.findall(call[1]), *_MAP.findall(call[1])]:
            yield needs(TieKind.MAVEN, f"{group}:{name}", line)
    for match in _GROUP.finditer(text):
        yield offers(TieKind.MAVEN_GROUP, match[1], line_at(text, match.start(1)))
    for match in _PUBLISHED.finditer(text):
        kind = TieKind.MAVEN_GROUP if match[1] == "groupId" else TieKind.MAVEN_NAME
        yield offers(kind, match[2], line_at(text, match.start(1)))


def settings(text: str) -> Iterator[Tie]:
    text = _COMMENT.sub("", text)
    for match in _ROOT.finditer(text):
        yield offers(TieKind.MAVEN_NAME, match[1], line_at(text, match.start(1)))
    for match in _INCLUDE.finditer(text):
        for name in _PROJECT.findall(match[1]):
            yield offers(TieKind.MAVEN_NAME, re.split("[:/]", name)[-1], line_at(text, match.start(1)))


def properties(text: str) -> Iterator[Tie]:
    for match in _PROPERTY.finditer(text):
        yield offers(TieKind.MAVEN_GROUP, match[1], line_at(text, match.start(1)))


def catalog(text: str) -> Iterator[Tie]:
    """https://docs.gradle.org/current/userguide/version_catalogs.html: a library in three ways of writing."""
    for alias, how in table(toml(text), "libraries").items():
        said = table(how)
        module = word(how) or word(said.get("module")) or f"{word(said.get('group'))}:{word(said.get('name'))}"
        group, name = (module.split(":") + ["", ""])[:2]
        if group and name:
            yield needs(TieKind.MAVEN, f"{group}:{name}", line_of(text, f"{alias} =", f"{alias}="))
