"""One file as discovery sees it: kind, words by field, definitions, imports. Pure, so it can be kept by blob SHA."""

# ruff: noqa: SIM905  (lists of words read better without forty quotes)

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ferry.domain.discovery import FileKind
from ferry.domain.retrieval.definitions import definitions, imports
from ferry.domain.retrieval.owners import PLACES
from ferry.domain.retrieval.ties.read import read_ties
from ferry.domain.retrieval.ties.tie import Tie
from ferry.domain.retrieval.tokens import split, tokens

MAX_BYTES = 1_000_000
READ = {FileKind.SOURCE: MAX_BYTES, FileKind.TEST: 20_000, FileKind.CONFIG: 6_000}
SNIFF_BYTES = 8_000
LONG_LINE = 2_000
KEPT_BYTES = 40_000
SKIPPED_FOLDERS = frozenset(
    ".git .hg .svn .venv venv node_modules bower_components vendor vendored third_party "
    ".tox .nox .mypy_cache .ruff_cache .pytest_cache __pycache__ .next .nuxt .gradle .idea .terraform "
    "site-packages".split()
)
SKIPPED_NAMES = frozenset(
    "package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml poetry.lock uv.lock pipfile.lock cargo.lock go.sum "
    "composer.lock gemfile.lock".split()
)
CODE = frozenset(
    "py pyi pyx pxd js jsx mjs cjs ts tsx mts cts vue svelte go java kt kts scala groovy rs c h cc cpp cxx hpp hh cs "
    "rb php swift sh bash ps1 sql html css scss sass less tpl jinja jinja2 j2 hbs proto graphql lua ex exs".split()
)
ASIDE = frozenset(
    "docs doc documentation changelog changelogs changes news examples example .github website tutorials benchmarks "
    "demo demos samples".split()
)

PACKAGE_FILES = frozenset({"__init__", "index", "mod"})

# The mark before each token says which field it is of.
TEXT, SYMBOL, PATH, DEFINED, IMPORTED, NAME = "t:", "s:", "p:", "d:", "i:", "n:"
K1, B, USUAL_LENGTH = 1.5, 0.75, 600

_TEST = re.compile(
    r"(^|/)(tests?|testing|__tests__|specs?|testdata|test[_-]?utils|fixtures|__mocks__|unittests?|testsuite)/"
    r"|(^|/)(test_[^/]*|conftest)\.py$|_test\.(go|py|rs)$|(Test|Tests|TestCase|IT)\.(java|kt)$"
    r"|\.(test|spec)\.[cm]?[jt]sx?$|(^|/)src/test/",
)
_KEPT = re.compile(
    r"(?i)(readme(\.\w+)?|pyproject\.toml|package\.json|setup\.(py|cfg)|go\.mod|cargo\.toml|pom\.xml|build\.gradle(\.kts)?)"
)


@dataclass(frozen=True)
class FileFacts:
    """One file. path: relative to the repository; blob: git's SHA of its content or ''; length: tokens of its text.

    fields: mark → token → impact, 1 to 255: how much of BM25's saturated frequency the token has here.
    defines: how many names; imports: modules named; kept: the text of what describes the whole repository, else ''.
    """

    path: str
    kind: FileKind
    blob: str
    length: int
    fields: Mapping[str, Mapping[str, int]]
    defines: int = 0
    imports: tuple[str, ...] = ()
    kept: str = ""
    ties: tuple[Tie, ...] = ()


def wanted(path: str) -> bool:
    """Whether a file is worth reading: not vendored, not generated, not a lock."""
    *folders, name = path.split("/")
    lowered = name.lower()
    return not (SKIPPED_FOLDERS.intersection(folders) or lowered in SKIPPED_NAMES or ".min." in lowered)


def kind_of(path: str) -> FileKind:
    """Everything that is neither code nor a test counts as configuration: prose, examples and data included."""
    if _TEST.search(path):
        return FileKind.TEST
    top, _, below = path.partition("/")
    if below and top.lower() in ASIDE:
        return FileKind.CONFIG
    return FileKind.SOURCE if extension(path) in CODE else FileKind.CONFIG


def extension(path: str) -> str:
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def read_file(path: str, data: bytes, blob: str = "") -> FileFacts | None:
    """None for what nobody wants to change here. Of binary, giant and generated files only the path is known."""
    if not wanted(path):
        return None
    kind = kind_of(path)
    text = decode(data, READ[kind])
    named = {PATH: _path(path), NAME: dict.fromkeys(names_of(path), 1)}
    ties = read_ties(path, kind, data, text) if len(data) <= MAX_BYTES and b"\0" not in data[:SNIFF_BYTES] else ()
    if text is None:
        return FileFacts(path, kind, blob, 0, named, ties=ties)
    counts = tokens(text)
    length = counts.total()
    fields = {**named, TEXT: _impacts(counts, length)}
    if kind is FileKind.CONFIG:
        kept = text[:KEPT_BYTES] if _KEPT.fullmatch(path) else ""
        # The last rule wins there, so that a part of them would be wrong.
        kept = decode(data) or "" if path in PLACES else kept
        return FileFacts(path, kind, blob, length, fields, kept=kept, ties=ties)
    ending = extension(path)
    defined, imported = definitions(ending, text), imports(ending, text)
    fields[SYMBOL] = _impacts(_parts(defined), len(defined) * 8)
    fields[DEFINED] = dict.fromkeys((name.casefold() for name in defined), 1)
    fields[IMPORTED] = dict.fromkeys((name.rpartition("/")[2].casefold() for name in imported), 1)
    kept = text[:KEPT_BYTES] if _KEPT.fullmatch(path) else ""
    return FileFacts(path, kind, blob, length, fields, len(defined), imported, kept, ties)


def decode(data: bytes, most: int = MAX_BYTES) -> str | None:
    """The first `most` bytes as text; None for what is binary (a NUL byte early on, as git tells it), over
    `MAX_BYTES`, or one endless line as tools write it."""
    if len(data) > MAX_BYTES or b"\0" in data[:SNIFF_BYTES]:
        return None
    if len(data) > LONG_LINE and len(data) / (data.count(b"\n") + 1) > LONG_LINE:
        return None
    return data[:most].decode("utf-8", errors="replace")


def names_of(path: str) -> tuple[str, str]:
    """What a file is called, with its ending and without; a package's own file is called as its folder."""
    folders, _, name = path.casefold().rpartition("/")
    stem = name.partition(".")[0]
    return name, (folders.rpartition("/")[2] if stem in PACKAGE_FILES and folders else stem) or name


def _impacts(counts: Mapping[str, int], length: int) -> dict[str, int]:
    """BM25's saturated frequency against a length that is the same everywhere: so files of two repositories compare."""
    norm = K1 * (1 - B + B * length / USUAL_LENGTH)
    return {token: int(255 * times / (times + norm)) or 1 for token, times in counts.items()}


def _parts(names: Iterable[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for name in names:
        counts.update(split(name))
    return counts


def _path(path: str) -> dict[str, int]:
    """The file's own name counts in full, its folders less the farther away they are."""
    *folders, name = path.split("/")
    found: dict[str, int] = {}
    for distance, folder in enumerate(reversed(folders)):
        for token in _words(folder):
            found[token] = max(found.get(token, 0), 120 >> min(distance, 2))
    for token in _words(name.partition(".")[0] or name):
        found[token] = 255
    return found


@lru_cache(maxsize=1 << 14)
def _words(text: str) -> tuple[str, ...]:
    return tuple(tokens(text))
