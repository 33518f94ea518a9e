"""Which tool sets a repository up, told by its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from ferry.agentkit.setup.recipes import recipes

PACKAGE = '{"dependencies": {"left-pad": "1.3.0"}}'
PROJECT = """
[project]
name = "x"
dependencies = ["requests>=2"]
optional-dependencies = {test = ["pytest"], docs = ["sphinx"]}
[dependency-groups]
dev = ["ruff", {include-group = "test"}]
"""
CASES = [
    ({"uv.lock": "", "pyproject.toml": PROJECT}, "uv", "uv sync --frozen --no-install-project"),
    ({"poetry.lock": "", "pyproject.toml": PROJECT}, "poetry", "poetry install --no-root"),
    ({"requirements.txt": "six", "requirements-dev.txt": "ruff"}, "pip", "-r requirements.txt -r requirements-dev.txt"),
    ({"pyproject.toml": PROJECT}, "pip", "requests>=2"),
    ({"package.json": PACKAGE, "package-lock.json": "{}"}, "npm", "npm ci"),
    ({"package.json": PACKAGE, "pnpm-lock.yaml": ""}, "pnpm", "pnpm install --frozen-lockfile"),
    ({"package.json": PACKAGE, "yarn.lock": ""}, "yarn", "yarn install --frozen-lockfile"),
    ({"package.json": PACKAGE}, "npm", "npm install --no-package-lock"),
    ({"go.mod": "module x\nrequire y v1.0.0\n", "go.sum": ""}, "go", "go mod download"),
    ({"pom.xml": "<project/>"}, "maven", "mvn --batch-mode --quiet test-compile"),
    ({"build.gradle.kts": "", "gradlew": ""}, "gradle", "./gradlew --no-daemon"),
    ({"Cargo.toml": "[package]", "Cargo.lock": ""}, "cargo", "cargo fetch --quiet --locked"),
    ({"Makefile": "all:\n\nbootstrap: tools\n\ttrue\n"}, "make", "make bootstrap"),
]
NOTHING = [
    {},
    {"pyproject.toml": '[project]\nname = "x"\n'},
    {"pyproject.toml": "not toml ["},
    {"package.json": '{"scripts": {}}'},
    {"package.json": "[]"},
    {"go.mod": "module x\n"},
    {"Makefile": "setup := no target\nall:\n"},
]


def repository(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(("files", "tool", "command"), CASES, ids=lambda case: case if isinstance(case, str) else "")
def test_a_lock_file_or_manifest_tells_the_tool_and_its_exact_command(
    files: dict[str, str], tool: str, command: str, tmp_path: Path
) -> None:
    [recipe] = recipes(repository(tmp_path, files))

    assert recipe.name == tool
    assert any(command in " ".join(words) for words in recipe.commands)
    assert all(name in files for name in recipe.files)


@pytest.mark.parametrize("files", NOTHING, ids=str)
def test_what_asks_for_nothing_is_not_set_up(files: dict[str, str], tmp_path: Path) -> None:
    assert recipes(repository(tmp_path, files)) == ()


def test_a_repository_of_two_ecosystems_is_set_up_for_both_and_make_is_left_alone(tmp_path: Path) -> None:
    files = {"requirements.txt": "six", "package.json": PACKAGE, "Makefile": "setup:\n\ttrue\n"}

    assert [recipe.name for recipe in recipes(repository(tmp_path, files))] == ["pip", "npm"]


def test_an_option_among_declared_dependencies_is_not_given_to_pip(tmp_path: Path) -> None:
    files = {"pyproject.toml": '[project]\ndependencies = ["--index-url=http://evil", "six"]\n'}

    [recipe] = recipes(repository(tmp_path, files))

    assert recipe.commands[1][-1] == "six"
    assert not any("evil" in word for command in recipe.commands for word in command)
