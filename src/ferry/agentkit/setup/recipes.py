"""Which tool sets a repository up, told by its lock files and manifests. First lock files, because they are exact.

A recipe writes into ``{setup}`` alone, and into the copy of the repository that it runs in.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REQUIREMENTS = (
    "requirements.txt", "requirements-dev.txt", "requirements-test.txt", "requirements_dev.txt",
    "requirements_test.txt", "dev-requirements.txt", "test-requirements.txt", "requirements/dev.txt",
    "requirements/test.txt",
)  # fmt: skip
GRADLE = ("build.gradle", "build.gradle.kts", "gradle.lockfile")
VENV = ("python", "-m", "venv", "--without-pip", "{setup}/venv")
# The repository's own packages come first; what its tests take for granted (pytest) may come from Ferry's Python.
LEND = (
    "python",
    "-c",
    "import pathlib, site, sys; here = next(pathlib.Path(sys.argv[1]).glob('lib/python*/site-packages')); "
    "(here / 'zz_lent.pth').write_text(chr(10).join(site.getsitepackages()))",
    "{setup}/venv",
)
PIP = (
    "python", "-m", "pip", "--python", "{setup}/venv/bin/python", "install", "--quiet", "--no-input", "--no-compile",
    "--disable-pip-version-check",
)  # fmt: skip
GROUPS = ("dev", "test", "tests", "testing")
MAKE = re.compile(r"^(setup|deps|dependencies|install-deps|bootstrap)\s*:(?!=)", re.MULTILINE)


@dataclass(frozen=True)
class Recipe:
    """files: whose content decides; commands: in the repository's copy; tool: prints its version; variables, path: for
    them and for each later command; offline: variables of later commands alone; links: folders made in the copy that
    later commands find in the repository, ``*`` for whatever is new."""

    name: str
    files: tuple[str, ...]
    commands: tuple[tuple[str, ...], ...]
    tool: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    offline: Mapping[str, str] = field(default_factory=dict)
    links: tuple[str, ...] = ()


def recipes(repo: Path) -> tuple[Recipe, ...]:
    """Of each ecosystem that has something to install; ``make`` only where no other is found."""
    found = [recipe for look in (_python, _node, _go, _jvm, _cargo) for recipe in look(repo)]
    return tuple(found or _make(repo))


def _python(repo: Path) -> Iterator[Recipe]:
    given: dict[str, Any] = {"path": ("{setup}/venv/bin",), "tool": ("python", "--version")}
    variables = {"VIRTUAL_ENV": "{setup}/venv"}
    if (repo / "uv.lock").is_file():
        sync = ("uv", "sync", "--frozen", "--no-install-project", "--all-groups", "--all-extras", "--inexact")
        own = {**variables, "UV_PROJECT_ENVIRONMENT": "{setup}/venv", "UV_CACHE_DIR": "{setup}/uv"}
        yield Recipe("uv", ("uv.lock",), (VENV, sync, LEND), variables=own, **given)
    elif (repo / "poetry.lock").is_file():
        install = ("poetry", "install", "--no-root", "--no-interaction", "--all-extras")
        yield Recipe("poetry", ("poetry.lock",), (VENV, install, LEND), variables=variables, **given)
    elif files := tuple(name for name in REQUIREMENTS if (repo / name).is_file()):
        asked = tuple(part for name in files for part in ("-r", name))
        yield Recipe("pip", files, (VENV, (*PIP, *asked), LEND), variables=variables, **given)
    elif wanted := _declared(repo / "pyproject.toml"):
        yield Recipe("pip", ("pyproject.toml",), (VENV, (*PIP, *wanted), LEND), variables=variables, **given)


def _declared(pyproject: Path) -> tuple[str, ...]:
    """What the project asks for itself and for its tests, https://packaging.python.org/specifications/pyproject-toml"""
    try:
        whole = tomllib.loads(pyproject.read_text())
        project, groups = whole.get("project", {}), whole.get("dependency-groups", {})
        extras = project.get("optional-dependencies", {})
        some = [
            project.get("dependencies", []),
            *(found.get(name, []) for name in GROUPS for found in (extras, groups)),
        ]
        return tuple(one for part in some for one in part if isinstance(one, str) and not one.startswith("-"))
    except (OSError, ValueError, AttributeError):
        return ()


def _node(repo: Path) -> Iterator[Recipe]:
    quiet = ("--no-audit", "--no-fund")
    ways = {
        "package-lock.json": ("npm", "ci", *quiet),
        "npm-shrinkwrap.json": ("npm", "ci", *quiet),
        "pnpm-lock.yaml": ("pnpm", "install", "--frozen-lockfile", "--config.node-linker=hoisted"),
        "yarn.lock": ("yarn", "install", "--frozen-lockfile"),
        "package.json": ("npm", "install", "--no-package-lock", *quiet),
    }
    if not _asks(repo / "package.json"):
        return
    lock = next(name for name in ways if (repo / name).is_file())
    given = {
        "npm_config_cache": "{setup}/npm",
        "npm_config_update_notifier": "false",
        "YARN_CACHE_FOLDER": "{setup}/yarn",
    }
    files = tuple(dict.fromkeys(("package.json", lock)))
    version = ("sh", "-c", f"node --version; {ways[lock][0]} --version")
    yield Recipe(ways[lock][0], files, (ways[lock],), version, given, links=("node_modules",))


def _asks(package: Path) -> bool:
    try:
        found = json.loads(package.read_text())
        return bool(found.get("dependencies") or found.get("devDependencies"))
    except (OSError, ValueError, AttributeError):
        return False


def _go(repo: Path) -> Iterator[Recipe]:
    manifest = repo / "go.mod"
    if manifest.is_file() and not (repo / "vendor").is_dir() and "require" in manifest.read_text(errors="replace"):
        files = tuple(name for name in ("go.mod", "go.sum") if (repo / name).is_file())
        given = {"GOMODCACHE": "{setup}/go", "GOTOOLCHAIN": "local", "GOFLAGS": "-modcacherw"}
        yield Recipe("go", files, (("go", "mod", "download"),), ("go", "version"), given, offline={"GOPROXY": "off"})


def _jvm(repo: Path) -> Iterator[Recipe]:
    """Maven's test runner is fetched only when tests run, so they run once, green or not, while there is a network."""
    if (repo / "pom.xml").is_file():
        mvn = ("mvn", "--batch-mode", "--quiet")
        commands = ((*mvn, "test-compile"), ("sh", "-c", f"{' '.join(mvn)} test || true"))
        given = {"MAVEN_OPTS": "-Dmaven.repo.local={setup}/m2"}
        yield Recipe("maven", ("pom.xml",), commands, ("mvn", "--version"), given, offline={"MAVEN_ARGS": "-o"})
    elif files := tuple(name for name in GRADLE if (repo / name).is_file()):
        gradle = "./gradlew" if (repo / "gradlew").is_file() else "gradle"
        given = {"GRADLE_USER_HOME": "{setup}/gradle"}
        later = {"GRADLE_RO_DEP_CACHE": "{setup}/gradle/caches", "GRADLE_USER_HOME": ""}
        build = (gradle, "--no-daemon", "--quiet", "testClasses")
        yield Recipe("gradle", files, (build,), (gradle, "--version"), given, offline=later)


def _cargo(repo: Path) -> Iterator[Recipe]:
    if (repo / "Cargo.toml").is_file():
        files = tuple(name for name in ("Cargo.toml", "Cargo.lock") if (repo / name).is_file())
        fetch = ("cargo", "fetch", "--quiet", *(("--locked",) if "Cargo.lock" in files else ()))
        given = {"CARGO_HOME": "{setup}/cargo"}
        yield Recipe("cargo", files, (fetch,), ("cargo", "--version"), given, offline={"CARGO_NET_OFFLINE": "true"})


def _make(repo: Path) -> Iterator[Recipe]:
    makefile = next((repo / name for name in ("GNUmakefile", "makefile", "Makefile") if (repo / name).is_file()), None)
    if makefile and (target := MAKE.search(makefile.read_text(errors="replace"))):
        yield Recipe("make", (makefile.name,), (("make", target[1]),), ("make", "--version"), links=("*",))
