"""What a repository is made of: files with their kind and what they define, and what its manifests say."""

# ruff: noqa: SIM905  (lists of words read better without forty quotes)

from __future__ import annotations

import re
from dataclasses import dataclass

from ferry.domain.discovery import FileKind
from ferry.domain.retrieval.manifests import Manifest, read_manifests

MAX_BYTES = 200_000
SNIFF_BYTES = 8_000
SKIPPED_FOLDERS = frozenset(
    ".git .hg .svn .venv venv env node_modules bower_components vendor vendored third_party dist build target out "
    ".tox .nox .mypy_cache .ruff_cache .pytest_cache __pycache__ .next .nuxt .gradle .idea .terraform coverage "
    "site-packages".split()
)
SKIPPED_NAMES = frozenset(
    "package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml poetry.lock uv.lock pipfile.lock cargo.lock go.sum "
    "composer.lock gemfile.lock".split()
)
CODE = frozenset(
    "py pyi pyx js jsx mjs cjs ts tsx mts cts vue svelte go java kt kts scala rs c h cc cpp cxx hpp cs rb php swift sh "
    "bash sql html css scss less proto graphql lua ex exs".split()
)

_TEST = re.compile(
    r"(^|/)(tests?|testing|__tests__|specs?|testdata|fixtures|__mocks__)/|(^|/)(test_[^/]*|conftest)\.py$"
    r"|_test\.(go|py|rs)$|(Test|Tests|IT)\.(java|kt)$|\.(test|spec)\.[cm]?[jt]sx?$",
)
_DEFINITIONS = re.compile(
    r"^[ \t]*(?:export[ ]+|default[ ]+|pub[ ]+|public[ ]+|private[ ]+|static[ ]+|abstract[ ]+|async[ ]+)*"
    r"(?:def|class|func|function\*?|interface|type|struct|trait|enum|fn|const)[ ]+([^\W\d][\w$]*)"
    r"|^([A-Z][A-Z0-9_]{2,})\b[ ]*(?::[^=\n]{1,80})?=",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Document:
    """One file. path: relative to the repository; defines: names of functions, classes and constants, in order."""

    path: str
    kind: FileKind
    text: str
    defines: tuple[str, ...]


@dataclass(frozen=True)
class Repository:
    """name: ``owner/name``; paths: every file that is there, also those that are not worth reading, sorted."""

    name: str
    paths: tuple[str, ...]
    documents: tuple[Document, ...]
    manifest: Manifest
    readme: str


def wanted(path: str) -> bool:
    """Whether a file is worth reading: not vendored, not generated, not a lock."""
    *folders, name = path.split("/")
    lowered = name.lower()
    return not (SKIPPED_FOLDERS.intersection(folders) or lowered in SKIPPED_NAMES or ".min." in lowered)


def decode(data: bytes) -> str | None:
    """Text of a file; None for what is binary (a NUL byte early on, as git tells it) or over `MAX_BYTES`."""
    if len(data) > MAX_BYTES or b"\0" in data[:SNIFF_BYTES]:
        return None
    return data.decode("utf-8", errors="replace")


def kind_of(path: str) -> FileKind:
    """Everything that is neither code nor a test counts as configuration, prose included."""
    if _TEST.search(path):
        return FileKind.TEST
    return FileKind.SOURCE if path.rpartition(".")[2].lower() in CODE else FileKind.CONFIG


def document(path: str, text: str) -> Document:
    kind = kind_of(path)
    found = [] if kind is FileKind.CONFIG else [name or constant for name, constant in _DEFINITIONS.findall(text)]
    return Document(path=path, kind=kind, text=text, defines=tuple(dict.fromkeys(found)))


def repository(name: str, texts: dict[str, str], paths: tuple[str, ...]) -> Repository:
    """texts: content by path of every file that was read; paths: all that are there, read or not."""
    readme = next((texts[path] for path in sorted(texts) if re.fullmatch(r"(?i)readme(\.\w+)?", path)), "")
    documents = tuple(document(path, texts[path]) for path in sorted(texts))
    return Repository(name, tuple(sorted(paths)), documents, read_manifests(texts), readme)
