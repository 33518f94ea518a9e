"""Scripts and recipes that test and check: package.json and Makefiles."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ferry.domain.integrity.change import Change
from ferry.domain.integrity.reading import decoded
from ferry.domain.integrity.report import Report

CHECKING = re.compile(
    r"test|lint|check|type|tsc|coverage|cover|verify|ci|audit|format|validate|mypy|ruff|clippy|vet|prepush"
    r"|precommit|spec",
    re.IGNORECASE,
)
SWALLOWS = re.compile(
    r"\|\|\s*(?:true|:|exit 0|echo\b)|;\s*(?:true|exit 0)\s*$|^\s*-(?=[a-z@$])|set \+e|continue-on-error", re.MULTILINE
)
JEST = (
    "testPathIgnorePatterns",
    "modulePathIgnorePatterns",
    "testMatch",
    "testRegex",
    "roots",
    "passWithNoTests",
    "testTimeout",
)
COVERAGE = ("coverageThreshold", "coveragePathIgnorePatterns", "collectCoverageFrom")
TOOLS = ("eslintConfig", "prettier", "nyc", "c8", "xo", "standard", "stylelint", "lint-staged", "husky", "eslintIgnore")


def check_scripts(change: Change, report: Report) -> None:
    before, after = (_json(decoded(side)) for side in (change.before, change.after))
    if before is None or after is None:
        if change.after is not None:
            report.add("unparsable", change.path, 0, "it is no JSON")
        return
    old, now = _dict(before.get("scripts")), _dict(after.get("scripts"))
    for name in sorted({*old, *now}):
        if old.get(name) != now.get(name) and CHECKING.search(name):
            _script(change, name, str(old.get(name, "")), str(now.get(name, "")), report)
    jest = _dict(before.get("jest")), _dict(after.get("jest"))
    looked_at = (("test-excluded", JEST, jest), ("coverage-excluded", COVERAGE, jest))
    for rule, keys, (one, other) in (*looked_at, ("checks-configuration", TOOLS, (before, after))):
        for key in keys:
            if one.get(key) != other.get(key) and change.before is not None:
                report.add(rule, change.path, 0, f"{key} was changed")


def _script(change: Change, name: str, old: str, now: str, report: Report) -> None:
    if not old and not SWALLOWS.search(now):
        return  # one more script takes nothing away
    steps = [{one.strip() for one in re.split(r"&&|;", side)} for side in (old, now)]
    if old and steps[0] <= steps[1] and not SWALLOWS.search(now):
        return  # the same steps and more
    if now and old and old in now and not SWALLOWS.search(now.replace(old, "")) and "--" not in now.replace(old, ""):
        return  # the same and more
    said = f"the script {name} was `{old[:80]}` and is `{now[:80]}`" if now else f"the script {name} is gone"
    report.add("scripts-changed", change.path, 0, said)


def _json(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def check_makefile(change: Change, report: Report) -> None:
    before, after = _targets(decoded(change.before)), _targets(decoded(change.after))
    for name, recipe in before.items():
        now = after.get(name)
        if not CHECKING.search(name) or now == recipe:
            continue
        if now is None:
            report.add("scripts-changed", change.path, 0, f"the target {name} is gone")
        elif not set(recipe) <= set(now) or SWALLOWS.search("\n".join(line for line in now if line not in recipe)):
            report.add("scripts-changed", change.path, 0, f"the recipe of {name} was changed")
    for name, recipe in after.items():
        if name not in before and CHECKING.search(name) and SWALLOWS.search("\n".join(recipe)):
            report.add("failure-swallowed", change.path, 0, f"the recipe of {name} hides failures")


def _targets(text: str) -> dict[str, list[str]]:
    """Recipe lines by target, with what a target depends on first; variables count as targets of their name."""
    found: dict[str, list[str]] = {}
    names: list[str] = []
    for line in text.splitlines():
        if line.startswith(("\t", "    ")) and names:
            for name in names:
                found[name].append(line.strip())
        elif match := re.match(r"^([\w./%$() -]+?)\s*(::?(?!=)|[:?+]?=)\s*(.*)$", line):
            names = match[1].split() if match[2] in (":", "::") else [match[1].strip()]
            names = [name for name in names if not name.startswith(".PHONY")]
            for name in names:
                needed = match[3].partition("#")[0].split() if match[2] in (":", "::") else [match[3].strip()]
                found.setdefault(name, []).extend(needed)
            names = names if match[2] in (":", "::") else []
    return found
