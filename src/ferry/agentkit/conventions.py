"""The conventions of repositories, read at one commit each and put before a model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from ferry.agentkit.trees import Trees
from ferry.agentkit.untrusted import block
from ferry.domain.conventions import LARGEST, Convention, Source, applying, fitted
from ferry.domain.plan import Plan

Given = Sequence[tuple[Convention, str]]
NONE = "(nothing)"


def read_conventions(trees: Trees, paths: Mapping[str, Collection[str]]) -> Given:
    """What applies to `paths` of each repository, the first of which matters most; empty files say nothing.

    NotFound, VendorUnavailable, …: as the forge raises them.
    """
    found = (source for repo in paths for source in _sources(trees, repo, paths[repo]))
    return fitted([source for source in found if source.size and (source.text.strip() or source.size > LARGEST)])


def applying_to(plan: Plan, given: Given, trees: Trees) -> tuple[Convention, ...]:
    """What was given of the repositories of `plan`, and what its own files add to it, which was not."""
    known = [one for one, _ in given if one.repo in plan.repositories]
    places = {(one.repo, one.path) for one in known}
    found = read_conventions(trees, {repo: sorted(plan.paths_of(repo)) for repo in plan.repositories})
    added = [one.model_copy(update={"shown": 0}) for one, _ in found if (one.repo, one.path) not in places]
    return (*known, *added)


def told(given: Given) -> str:
    """For a prompt. What found no room at all is left out."""
    return "\n".join(_told(convention, text) for convention, text in given if text) or NONE


def _told(convention: Convention, text: str) -> str:
    """The first line is where it is from; a path is text of others too."""
    cut = "" if convention.whole else f" (its first {convention.shown:,} of {convention.size:,} characters)"
    origin = " ".join(f"{convention.repo} {convention.path}".split())
    return block("conventions", f"{origin}{cut}\n\n{text}")


def _sources(trees: Trees, repo: str, paths: Collection[str]) -> Iterator[Source]:
    sizes, content = _files(trees, repo)
    for path in applying(paths, sizes.__contains__):
        if sizes[path] > LARGEST:
            yield Source(repo, path, "", sizes[path])
        else:
            text = content(path).decode(errors="replace")
            yield Source(repo, path, text, len(text))


def _files(trees: Trees, repo: str) -> tuple[Mapping[str, int], Callable[[str], bytes]]:
    """Bytes of each regular file, and what reads one. To list them costs one call; what is too large for that is
    downloaded, and what was downloaded costs nothing."""
    listed = None if trees.has(repo) else trees.forge.tree(repo, trees.shas[repo])
    if listed is not None:
        blobs = {file.path: file.blob for file in listed}
        return {file.path: file.size for file in listed}, lambda path: trees.forge.blob(repo, blobs[path])
    root = trees.root(repo)
    files = [file for file in root.rglob("*") if file.is_file() and not file.is_symlink()]
    sizes = {file.relative_to(root).as_posix(): file.stat().st_size for file in files}
    return sizes, lambda path: (root / path).read_bytes()
