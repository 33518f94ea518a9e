"""A sandbox in which repositories are set up before their commands run.

Set-up has the network that `hosts` names and a copy of the repository; the commands after it have neither. Its results
are shown to them read-only, so that no test can change the tools by which it is judged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from ferry.agentkit.setup.links import linked
from ferry.agentkit.setup.recipes import Recipe, recipes
from ferry.agentkit.setup.store import SetupStore
from ferry.agentkit.text import cut
from ferry.agentkit.workspace import copy_tree
from ferry.ports import CommandResult, Sandbox

SECONDS = 600.0
_WITH_PATH = 'PATH="$1:$PATH"; export PATH; shift; exec "$@"'


@dataclass(frozen=True)
class _Setup:
    """folder: where it is, None when there is none; note: why there is none."""

    folder: Path | None
    found: tuple[Recipe, ...]
    note: str = ""


class PreparedSandbox:
    """The port `Sandbox` over another one. hosts: that set-up may reach; without any, nothing is set up."""

    def __init__(self, sandbox: Sandbox, hosts: Collection[str], store: SetupStore, seconds: float = SECONDS) -> None:
        self.name = sandbox.name
        self._sandbox, self._hosts, self._store, self._seconds = sandbox, tuple(sorted(hosts)), store, seconds
        self._versions: dict[tuple[str, ...], str] = {}
        self._failed: dict[str, str] = {}

    def close(self) -> None:
        self._sandbox.close()

    def run(
        self,
        command: Sequence[str],
        *,
        root: Path,
        cwd: Path,
        seconds: float,
        network: Collection[str] = (),
        reads: Sequence[Path] = (),
    ) -> CommandResult:
        repo = _repository(root, cwd)
        setup = self._setup(repo, root) if repo else None
        if repo is None or setup is None:
            return self._sandbox.run(command, root=root, cwd=cwd, seconds=seconds, network=network, reads=reads)
        if setup.folder is None:
            result = self._sandbox.run(command, root=root, cwd=cwd, seconds=seconds, network=network, reads=reads)
            return _noted(result, setup.note)
        with ExitStack() as stack:
            for recipe in setup.found:
                stack.enter_context(linked(_copy(setup.folder, repo), repo, recipe.links))
            wrapped = _wrapped(command, setup.found, setup.folder, repo)
            seen = (*reads, setup.folder)
            return self._sandbox.run(wrapped, root=root, cwd=cwd, seconds=seconds, network=network, reads=seen)

    def _setup(self, repo: Path, root: Path) -> _Setup | None:
        found = recipes(repo)
        if not found:
            return None
        if not self._hosts:
            return _Setup(None, found, _unset(found))
        key = self._key(repo, root, found)
        if key in self._failed:
            return _Setup(None, found, self._failed[key])
        with self._store.place(key) as (folder, complete):
            if not complete:
                if note := self._install(repo, folder, found):
                    self._failed[key] = note
                    return _Setup(None, found, note)
                self._store.complete(key)
        return _Setup(folder, found)

    def _install(self, repo: Path, folder: Path, found: Sequence[Recipe]) -> str:
        """In a copy, which no command sees afterwards; why it failed, "" when it did not."""
        copy = _copy(folder, repo)
        copy.parent.mkdir()
        copy_tree(repo, copy)
        for recipe in found:
            for command in recipe.commands:
                result = self._sandbox.run(
                    _wrapped(
                        [word.format(setup=folder) for word in command], [_while_installing(recipe)], folder, None
                    ),
                    root=folder,
                    cwd=copy,
                    seconds=self._seconds,
                    network=self._hosts,
                )
                if result.exit_code:
                    return (
                        f"set-up with {recipe.name} failed, exit code {result.exit_code}; SETUP_HOSTS allows "
                        f"{', '.join(self._hosts)}: {cut(result.output.strip(), 1500)}"
                    )
        return ""

    def _key(self, repo: Path, root: Path, found: Sequence[Recipe]) -> str:
        parts = hashlib.sha256(self.name.encode())
        for recipe in found:
            parts.update(f"\0{recipe.name}\0{recipe.commands}\0{self._version(recipe, root)}".encode())
            for name in recipe.files:
                parts.update(b"\0" + hashlib.sha256((repo / name).read_bytes()).digest())
        return parts.hexdigest()[:32]

    def _version(self, recipe: Recipe, root: Path) -> str:
        """Of the tool where commands run, asked once; "" where there is none, which the set-up then says itself."""
        if recipe.tool not in self._versions:
            result = self._sandbox.run(recipe.tool, root=root, cwd=root, seconds=60)
            self._versions[recipe.tool] = "" if result.exit_code else result.output.strip()
        return self._versions[recipe.tool]


def _repository(root: Path, cwd: Path) -> Path | None:
    """The folder of `root` that `cwd` is in."""
    inner = cwd.resolve().relative_to(root.resolve()).parts if cwd.resolve().is_relative_to(root.resolve()) else ()
    return root / inner[0] if inner else None


def _copy(folder: Path, repo: Path) -> Path:
    return folder / "repo" / repo.name


def _filled(word: str, folder: Path) -> str:
    return word.replace("{setup}", str(folder))


def _wrapped(command: Sequence[str], found: Sequence[Recipe], folder: Path, repo: Path | None) -> list[str]:
    """repo: whose own code goes before what is installed, None while it is set up."""
    given = {name: value for recipe in found for name, value in {**recipe.variables, **recipe.offline}.items()}
    if repo and any("VIRTUAL_ENV" in recipe.variables for recipe in found) and (repo / "src").is_dir():
        given["PYTHONPATH"] = str(repo / "src")
    unset = [part for name, value in given.items() if not value for part in ("-u", name)]
    words = [f"{name}={_filled(value, folder)}" for name, value in given.items() if value]
    path = ":".join(_filled(part, folder) for recipe in found for part in recipe.path)
    start = ["sh", "-c", _WITH_PATH, "sh", path] if path else []
    return ["env", *unset, *words, *start, *command]


def _while_installing(recipe: Recipe) -> Recipe:
    return replace(recipe, offline={}, path=())


def _noted(result: CommandResult, note: str) -> CommandResult:
    """At the beginning: at the end stands what a test runner counted."""
    return replace(result, output=f"[{note}]\n{result.output}") if result.exit_code else result


def _unset(found: Sequence[Recipe]) -> str:
    names = ", ".join(f"{recipe.name} ({recipe.files[0]})" for recipe in found)
    return f"nothing was set up with {names}, because SETUP_HOSTS is empty; name the hosts there that it asks"
