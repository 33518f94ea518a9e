"""What manifests offer and need: a table for each kind, and nothing at all of what is malformed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.domain.discovery import FileKind
from ferry.domain.retrieval.documents import kind_of, read_file
from ferry.domain.retrieval.ties import setup_py
from ferry.domain.retrieval.ties.read import MANIFESTS, read_ties
from ferry.domain.retrieval.ties.tie import Tie, repository

PYPROJECT = """
[build-system]
requires = ["acme-build"]
[project]
name = "Acme.Shop"
dependencies = ["acme_pricing[fast]>=1.3 ; python_version > '3'", "tools @ git+https://github.com/Acme/Tools.git@v1"]
[project.optional-dependencies]
docs = ["acme-docs"]
[dependency-groups]
dev = ["acme-testing", {include-group = "docs"}]
[tool.uv.sources]
acme-docs = {git = "https://github.com/acme/docs-theme"}
"""
POETRY = """
[tool.poetry]
name = "shop"
[tool.poetry.dependencies]
python = "^3.11"
acme-pricing = {version = "1", extras = ["fast"]}
beside = {path = "../beside"}
[tool.poetry.group.dev.dependencies]
acme-testing = {git = "git@github.com:acme/testing.git"}
"""
REQUIREMENTS = """\
# what runs
acme-pricing==1.3 \\
    --hash=sha256:00  # pinned
-r other.txt
-e git+ssh://git@github.com/acme/tools.git@main#egg=acme_tools
Acme_Money [x] ; python_version < "4"
./local
"""
SETUP_CFG = """\
[metadata]
name = acme_shop
[options]
install_requires =
    acme-pricing>=1  # why
[options.extras_require]
x =
  acme-x
"""
SETUP_PY = """
from setuptools import setup
NEEDED = ["acme-pricing"] + ["acme-money>2"]
setup(name="acme-shop", install_requires=NEEDED, extras_require={"x": ["acme-x"]}, tests_require=computed())
"""
PACKAGE = {
    "name": "@acme/web",
    "version": "1.0.0",
    "workspaces": ["packages/*"],
    "dependencies": {"@acme/ui": "^1", "local": "workspace:*", "alias": "npm:@acme/real@2", "tools": "acme/tools#v1"},
    "devDependencies": {"kit": "git+https://github.com/acme/kit.git#semver:^1"},
}
GO_MOD = """\
module github.com/acme/shop // ours

go 1.22

require github.com/acme/pricing/v2 v2.1.0
require (
	github.com/acme/money v1.0.0
	github.com/acme/deep v1.0.0 // indirect
	"github.com/acme/old" v1.0.0
	github.com/acme/beside v1.0.0
)
replace github.com/acme/old => github.com/acme/new v1.2.0
replace (
	github.com/acme/beside v1.0.0 => ../beside
)
"""
POM = """<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <parent><groupId>com.acme</groupId><artifactId>parent</artifactId><version>1</version></parent>
  <artifactId>shop</artifactId>
  <properties><pricing.group>com.acme.pricing</pricing.group></properties>
  <modules><module>core</module></modules>
  <dependencies>
    <dependency><groupId>${pricing.group}</groupId><artifactId>client</artifactId></dependency>
    <dependency><groupId>${project.groupId}</groupId><artifactId>core</artifactId></dependency>
    <dependency><groupId>${set.elsewhere}</groupId><artifactId>x</artifactId></dependency>
  </dependencies>
</project>"""
GRADLE = """\
group = 'com.acme'
// implementation 'com.acme:commented:1'
dependencies {
    implementation("com.acme:money:1.0")
    testImplementation group: 'com.acme', name: 'testing', version: '1'
    api platform("com.acme:bom:$version")
    implementation project(":core")
}
"""
CATALOG = """\
[libraries]
money = { module = "com.acme:money", version.ref = "m" }
pricing = "com.acme:pricing:1"
x = { group = "com.acme", name = "x" }
"""
CARGO = """
[package]
name = "acme_shop"
[dependencies]
acme-pricing = "1"
renamed = { package = "acme_money", version = "1" }
beside = { path = "../beside" }
ours = { workspace = true }
[target.'cfg(unix)'.dev-dependencies]
tools = { git = "https://github.com/acme/tools" }
[workspace.dependencies]
acme-core = "2"
"""

TABLE = {
    "pyproject.toml": (
        PYPROJECT,
        "offers pypi acme-shop, needs pypi acme-pricing, needs repository acme/tools, needs pypi tools, "
        "needs pypi acme-docs, needs pypi acme-testing, needs pypi acme-build, needs repository acme/docs-theme",
    ),
    "sub/pyproject.toml": (
        POETRY,
        "offers pypi shop, needs pypi acme-testing, needs repository acme/testing, needs pypi acme-pricing",
    ),
    "requirements-dev.txt": (
        REQUIREMENTS,
        "needs pypi acme-pricing, needs repository acme/tools, needs pypi acme-tools, needs pypi acme-money",
    ),
    "setup.cfg": (SETUP_CFG, "offers pypi acme-shop, needs pypi acme-pricing, needs pypi acme-x"),
    "setup.py": (
        SETUP_PY,
        "offers pypi acme-shop, needs pypi acme-pricing, needs pypi acme-money, needs pypi acme-x",
    ),
    "Pipfile": ('[packages]\nacme-pricing = "*"\n', "needs pypi acme-pricing"),
    "package.json": (
        json.dumps(PACKAGE),
        "offers npm @acme/web, needs npm @acme/ui, needs npm @acme/real, needs repository acme/tools, needs npm tools, "
        "needs repository acme/kit, needs npm kit",
    ),
    "apps/inner/package.json": ('{"name": "inner", "private": true}', "private npm inner"),
    "go.mod": (
        GO_MOD,
        "offers go github.com/acme/shop, needs go github.com/acme/pricing/v2, needs go github.com/acme/money, "
        "needs go github.com/acme/new",
    ),
    "pom.xml": (
        POM,
        "offers maven com.acme:shop, needs maven com.acme:parent, needs maven com.acme.pricing:client, "
        "needs maven com.acme:core",
    ),
    "build.gradle": (
        GRADLE,
        "needs maven com.acme:money, needs maven com.acme:testing, needs maven com.acme:bom, "
        "offers maven group com.acme",
    ),
    "settings.gradle.kts": (
        'rootProject.name = "shop"\ninclude(":core", ":client:http")\n',
        "offers maven name shop, offers maven name core, offers maven name http",
    ),
    "gradle.properties": ("group=com.acme\nversion=1\n", "offers maven group com.acme"),
    "gradle/libs.versions.toml": (
        CATALOG,
        "needs maven com.acme:money, needs maven com.acme:pricing, needs maven com.acme:x",
    ),
    "Cargo.toml": (
        CARGO,
        "offers cargo acme-shop, needs cargo acme-pricing, needs cargo acme-money, needs cargo acme-core, "
        "needs repository acme/tools, needs cargo tools",
    ),
    ".gitmodules": ('[submodule "x"]\n\turl = git@github.com:Acme/Protos.git\n', "needs repository acme/protos"),
}
BROKEN = [
    "", "[", "{", "[" * 100_000, '{"a":' * 100_000, "null", "[]", "3", "<project>", "<project/>", "\x00", "require (",
    "[project]\nname = 3\ndependencies = 4", '{"name": 3, "dependencies": ["a"], "devDependencies": {"a": 4}}',
    "[metadata]\nname = a\n[metadata]\n", "setup(name=name, install_requires=[*x])", "module", "\ufeff",
    "setup(", "((((" * 50_000,
    '[package]\nname = ["a"]\n[dependencies]\na = 3\n', "[libraries]\na = 3\nb = {module = 4}\n",
]  # fmt: skip


def ties(path: str, text: str) -> tuple[Tie, ...]:
    return read_ties(path, kind_of(path), text.encode("utf-8", "surrogatepass"), text)


@pytest.mark.parametrize("path", TABLE)
def test_a_manifest_says_what_it_offers_and_needs(path: str) -> None:
    text, said = TABLE[path]

    assert ", ".join(f"{tie.role} {tie.kind} {tie.name}" for tie in ties(path, text)) == said


@pytest.mark.parametrize(
    ("path", "name", "line"),
    [
        ("pyproject.toml", "acme-pricing", 6),
        ("sub/pyproject.toml", "acme-pricing", 6),
        ("requirements-dev.txt", "acme-tools", 5),
        ("setup.py", "acme-money", 3),
        ("go.mod", "github.com/acme/money", 7),
        ("go.mod", "github.com/acme/new", 12),
        ("pom.xml", "com.acme.pricing:client", 8),
        ("build.gradle", "com.acme:money", 4),
        ("Cargo.toml", "acme-money", 6),
    ],
)
def test_a_manifest_says_on_which_line(path: str, name: str, line: int) -> None:
    assert [tie.line for tie in ties(path, TABLE[path][0]) if tie.name == name] == [line]


@pytest.mark.parametrize("path", TABLE)
@pytest.mark.parametrize("text", BROKEN)
def test_a_malformed_manifest_says_nothing_and_raises_nothing(path: str, text: str) -> None:
    assert all(tie.name for tie in ties(path, text))


@pytest.mark.parametrize("path", TABLE)
@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=300))
def test_no_text_makes_a_reader_raise(path: str, text: str) -> None:
    assert all(tie.line >= 0 for tie in ties(path, text))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(TABLE)), st.integers(0, 700), st.text(max_size=5))
def test_a_damaged_manifest_is_read_or_not_never_worse(path: str, at: int, damage: str) -> None:
    text = TABLE[path][0]

    assert all(tie.name for tie in ties(path, text[:at] + damage + text[at + len(damage) :]))


def test_entities_of_a_pom_are_never_expanded() -> None:
    bomb = '<!DOCTYPE p [<!ENTITY a "com.acme">]><project><groupId>&a;</groupId><artifactId>x</artifactId></project>'
    outside = '<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + POM

    assert ties("pom.xml", bomb) == ties("pom.xml", outside) == ()


def test_a_setup_py_is_read_and_never_run() -> None:
    text = "import sys\nsys.exit(1)\nraise SystemExit\nsetup(name='acme-shop')"

    assert setup_py.setup_arguments(text) == ([("acme-shop", 4)], [])


@pytest.mark.parametrize("path", ["tests/data/package.json", "examples/shop/package.json", "pkg/testdata/go.mod"])
def test_manifests_of_tests_and_examples_are_nobodys(path: str) -> None:
    assert ties(path, TABLE["package.json"][0] if path.endswith("json") else GO_MOD) == ()


def test_a_binary_or_giant_manifest_has_no_ties() -> None:
    for data in (b"\0" + PYPROJECT.encode(), PYPROJECT.encode() + b"#" * 1_000_000):
        facts = read_file("pyproject.toml", data)
        assert facts
        assert facts.ties == ()


def test_a_long_manifest_is_read_to_its_end() -> None:
    package = {"name": "web", "scripts": {f"s{n}": "x" * 60 for n in range(500)}, "dependencies": {"@acme/ui": "1"}}
    facts = read_file("package.json", json.dumps(package).encode())

    assert facts
    assert facts.kind is FileKind.CONFIG
    assert "@acme/ui" in [tie.name for tie in facts.ties]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/Acme/Tools.git", "acme/tools"),
        ("git+https://user@github.com/acme/tools.git@v1.2#egg=x", "acme/tools"),
        ("git@github.com:acme/tools.git", "acme/tools"),
        ("ssh://git@github.com/acme/tools", "acme/tools"),
        ("https://ghe.acme.internal/acme/tools/", "acme/tools"),
        ("../tools", ""),
        ("^1.2.3", ""),
        ("", ""),
    ],
)
def test_a_repository_is_known_by_every_url_git_takes(url: str, name: str) -> None:
    assert repository(url) == name


def test_every_reader_is_in_the_table() -> None:
    tested = {path.rpartition("/")[2].lower() for path in TABLE}
    alike = {"build.gradle.kts": "build.gradle", "settings.gradle": "settings.gradle.kts"}

    assert {alike.get(name, name) for name in MANIFESTS} <= tested
