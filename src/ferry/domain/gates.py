"""Mechanical checks on the paths of a diff: what an agent may never touch, whatever it was told or approved to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ferry.domain.errors import GateViolation
from ferry.domain.suspicion import INVISIBLE

CI = (
    ".github/*", ".gitlab/*", ".gitea/*", ".forgejo/*", ".circleci/*", ".buildkite/*", ".woodpecker/*", ".tekton/*",
    ".gitlab-ci*", ".woodpecker*", ".travis.y*ml", ".drone.y*ml", ".cirrus.y*ml", ".appveyor.y*ml", "appveyor.y*ml",
    "azure-pipelines*", "bitbucket-pipelines*", "cloudbuild.y*ml", "buildspec*.y*ml", "jenkinsfile*",
)  # fmt: skip
OWNERS = ("codeowners", "*/codeowners")
FERRY = (".ferry*", "*/.ferry*", "plan.md")
GIT = (".git", ".git/*", "*/.git", "*/.git/*", ".gitmodules", "*/.gitmodules", ".gitattributes", "*/.gitattributes")


@dataclass(frozen=True)
class Rule:
    """name: in the gate's rulebook; says: for a person; breaks: whether a path breaks it."""

    name: str
    says: str
    breaks: Callable[[str], bool]


def _any(patterns: Collection[str]) -> Callable[[str], bool]:
    """Without regard to case: on some machines ``.GitHub`` is ``.github``."""
    return lambda path: any(fnmatchcase(path.casefold(), pattern) for pattern in patterns)


def _not_plain(path: str) -> bool:
    strange = re.search(r"[\x00-\x1f\x7f\\:]", path) or INVISIBLE.search(path) or path.startswith(("/", "~"))
    parts = path.split("/")
    return bool(strange) or len(path) > 1000 or any(part in ("", ".", "..") or len(part) > 200 for part in parts)


RULES = (
    Rule(
        "strange-path",
        "a path must be relative to the repository, short, without '.', '..', ':', a backslash or what nobody sees",
        _not_plain,
    ),
    Rule("ci-edited", "CI configuration is not for agents", _any(CI)),
    Rule("owners-edited", "code ownership is not for agents", _any(OWNERS)),
    Rule("ferry-edited", "the plan and Ferry's own configuration are not for agents", _any(FERRY)),
    Rule("git-edited", "git's own files are not for agents", _any(GIT)),
)


def check_path(path: str, approved: Collection[str]) -> None:
    """GateViolation names the path and the first rule that it breaks. approved: exact paths, from the approved plan."""
    for rule in RULES:
        if rule.breaks(path):
            raise GateViolation(f"{path}: {rule.says}")
    if path not in approved:
        allowed = ", ".join(sorted(approved)) or "nothing"
        raise GateViolation(f"{path}: not in the approved plan, which allows {allowed}")


def check_diff(paths: Iterable[str], approved: Collection[str], *, symlinks: Collection[str] = ()) -> None:
    """GateViolation for the first path that may not change. symlinks: changed paths that are links now."""
    for path in sorted(paths):
        check_path(path, approved)
        if path in symlinks:
            raise GateViolation(f"{path}: only plain files may be written; a link may lead outside the repository")
