"""All ties of one file. Pure, so that they are kept by git's SHA of its content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from ferry.domain.discovery import FileKind
from ferry.domain.retrieval.ties import cargo, events, go, gradle, graphql, maven, npm, openapi, protobuf, pypi
from ferry.domain.retrieval.ties.calls import calls
from ferry.domain.retrieval.ties.tie import Tie, TieKind, Unreadable, line_at, needs, repository

MOST = 400
SAMPLES = frozenset(
    {"example", "examples", "sample", "samples", "demo", "demos", "tutorials", "fixtures", "benchmarks"}
)
CALLERS = frozenset(
    {"py", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue", "svelte", "go", "java", "kt", "scala", "groovy"}
    | {"rs", "cs", "rb", "php", "swift", "ex", "exs"}
)
MANIFESTS: dict[str, Callable[[str], Iterable[Tie]]] = {
    "pyproject.toml": pypi.pyproject,
    "setup.cfg": pypi.setup_cfg,
    "setup.py": pypi.setup_py,
    "pipfile": pypi.pipfile,
    "package.json": npm.package_json,
    "go.mod": go.go_mod,
    "cargo.toml": cargo.cargo_toml,
    "pom.xml": maven.pom,
    "build.gradle": gradle.build,
    "build.gradle.kts": gradle.build,
    "settings.gradle": gradle.settings,
    "settings.gradle.kts": gradle.settings,
    "gradle.properties": gradle.properties,
}
_REQUIREMENTS = re.compile(r"(?:^|/)(?:[\w.-]*requirements[\w.-]*\.(?:txt|in)|requirements/[\w.-]+\.(?:txt|in))$")
_MARKS = (b"openapi", b"swagger", b"detail-type")
_SUBMODULE = re.compile(r"^[ \t]*url[ \t]*=[ \t]*(\S+)", re.MULTILINE)


def read_ties(path: str, kind: FileKind, data: bytes, text: str | None) -> tuple[Tie, ...]:
    """text: of `data` where it was read as source. A file that cannot be parsed has no ties; the rest of its
    repository has."""
    *folders, name = path.split("/")
    if kind is FileKind.TEST or SAMPLES.intersection(map(str.lower, folders)):
        return ()
    reader = _reader(path, name.lower(), data)
    try:
        if reader:
            return tuple(_first(reader(data.decode("utf-8", errors="replace"))))
        if kind is FileKind.SOURCE and text and name.rpartition(".")[2].lower() in CALLERS:
            return tuple(_first(_source(path, text)))
    except Unreadable:
        pass
    return ()


def _reader(path: str, name: str, data: bytes) -> Callable[[str], Iterable[Tie]] | None:
    if name in MANIFESTS:
        return MANIFESTS[name]
    if _REQUIREMENTS.search(path) and "constraint" not in name:
        return pypi.requirements
    ending = name.rpartition(".")[2]
    if ending in ("yaml", "yml", "json"):
        return _document if any(mark in data for mark in _MARKS) else None
    if name.endswith(".versions.toml"):
        return gradle.catalog
    if ending in ("graphql", "graphqls", "gql"):
        return graphql.document
    if ending == "proto":
        return lambda text: protobuf.proto(path, text)
    return _submodules if name == ".gitmodules" else None


def _document(text: str) -> Iterator[Tie]:
    if openapi.DOCUMENT.search(text) or openapi.COMPACT.match(text):
        yield from openapi.openapi(text)
    elif "detail-type" in text:
        yield from events.patterns(text)


def _submodules(text: str) -> Iterator[Tie]:
    for match in _SUBMODULE.finditer(text):
        if repo := repository(match[1]):
            yield needs(TieKind.REPOSITORY, repo, line_at(text, match.start()))


def _source(path: str, text: str) -> Iterator[Tie]:
    yield from calls(text)
    yield from protobuf.generated_names(path, text)
    yield from graphql.tagged(text)
    yield from events.events(text)


def _first(found: Iterable[Tie]) -> Iterator[Tie]:
    """The first ones, each once; of a reader that fails midway none."""
    yield from list(dict.fromkeys(found))[:MOST]
