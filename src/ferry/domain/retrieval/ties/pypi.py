"""Python's manifests: pyproject.toml (PEP 621, 735, Poetry, uv), requirements*.txt, setup.cfg, setup.py, Pipfile."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ferry.domain.retrieval.ties.setup_py import setup_arguments
from ferry.domain.retrieval.ties.tables import table, texts, toml, word
from ferry.domain.retrieval.ties.tie import Tie, TieKind, Unreadable, line_of, needs, offers, repository

_NAME = re.compile(
    r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(?:@\s*(\S+)|(?=[<>=!~;(,\s#]|$))"
)
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9._-]+)")
_COMMENT = re.compile(r"(^|\s)#.*$")


def normal(name: str) -> str:
    """PEP 503: case and the runs of ``-_.`` do not tell names apart."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pyproject(text: str) -> Iterator[Tie]:
    data = toml(text)
    project, poetry = table(data, "project"), table(data, "tool", "poetry")
    for name in (word(project.get("name")), word(poetry.get("name"))):
        if name:
            yield offers(TieKind.PYPI, normal(name), line_of(text, f'"{name}"', f"'{name}'"))
    groups = [*table(project, "optional-dependencies").values(), *table(data, "dependency-groups").values()]
    groups += [*table(data, "tool", "pdm", "dev-dependencies").values(), table(data, "build-system").get("requires")]
    for group in (project.get("dependencies"), *groups):
        yield from _specifiers(texts(group), text)
    for group in table(poetry, "group").values():
        yield from _tables(table(group, "dependencies"), text)
    for name in ("dependencies", "dev-dependencies"):
        yield from _tables(table(poetry, name), text)
    for source in table(data, "tool", "uv", "sources").values():
        yield from _repository(word(table(source).get("git")), text)


def pipfile(text: str) -> Iterator[Tie]:
    data = toml(text)
    for name in ("packages", "dev-packages"):
        yield from _tables(table(data, name), text)


def requirements(text: str) -> Iterator[Tie]:
    """pip's format; of options only ``-e`` names something."""
    for number, joined in enumerate(text.splitlines(), 1):
        line = _COMMENT.sub("", joined).strip().removesuffix("\\").strip()
        line = re.sub(r"^(-e|--editable)[ =]+", "", line)
        if line and not line.startswith("-"):
            yield from _one(line, number)


def setup_cfg(text: str) -> Iterator[Tie]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise Unreadable(str(error)) from error
    if name := parser.get("metadata", "name", fallback="").strip():
        yield offers(TieKind.PYPI, normal(name), line_of(text, name))
    lists = [parser.get("options", field, fallback="") for field in ("install_requires", "setup_requires")]
    lists.append(parser.get("options", "tests_require", fallback=""))
    if parser.has_section("options.extras_require"):
        lists += [value for _, value in parser.items("options.extras_require")]
    for each in lists:
        if not each.strip().startswith(("file:", "attr:")):
            yield from _specifiers((_COMMENT.sub("", line) for line in each.split("\n")), text)


def setup_py(text: str) -> Iterator[Tie]:
    """What stands there literally; what is computed is not known without running it."""
    names, required = setup_arguments(text)
    for name, line in names:
        yield offers(TieKind.PYPI, normal(name), line)
    for specifier, line in required:
        yield from _one(specifier, line)


def _specifiers(lines: Iterable[str], text: str) -> Iterator[Tie]:
    for specifier in filter(None, map(str.strip, lines)):
        yield from _one(specifier, line_of(text, specifier))


def _one(specifier: str, line: int) -> Iterator[Tie]:
    """A requirement as PEP 508 has it, or a URL as pip takes it."""
    match = _NAME.match(specifier)
    url = (match[2] or "") if match else specifier
    egg = _EGG.search(specifier)
    if repo := repository(url.partition(";")[0].strip()):
        yield needs(TieKind.REPOSITORY, repo, line)
    if match and "://" not in match[1]:
        yield needs(TieKind.PYPI, normal(match[1]), line)
    elif egg:
        yield needs(TieKind.PYPI, normal(egg[1]), line)


def _tables(group: Mapping[str, Any], text: str) -> Iterator[Tie]:
    for name, how in group.items():
        local = isinstance(how, dict) and "path" in how
        if name != "python" and not local:
            line = line_of(text, f"\n{name} ", f"\n{name}=", f'\n"{name}"')
            yield needs(TieKind.PYPI, normal(name), line + 1 if line else 0)
            yield from _repository(word(table(how).get("git")), text)


def _repository(url: str, text: str) -> Iterator[Tie]:
    if repo := repository(url):
        yield needs(TieKind.REPOSITORY, repo, line_of(text, url))
