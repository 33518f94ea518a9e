"""Configuration of pytest and coverage: what a diff takes out of it."""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ferry.domain.integrity.change import Change
from ferry.domain.integrity.reading import decoded
from ferry.domain.integrity.report import Report

Tree = Mapping[str, Any]
TOOLS = (
    "ruff",
    "mypy",
    "pylint",
    "black",
    "isort",
    "flake8",
    "pyright",
    "coverage",
    "bandit",
    "pydocstyle",
    "ty",
    "interrogate",
)
RUN_KEYS = (
    "addopts",
    "testpaths",
    "norecursedirs",
    "python_files",
    "python_classes",
    "python_functions",
    "collect_ignore",
    "xfail_strict",
    "filterwarnings",
)
NARROWS = re.compile(
    r"--deselect|--ignore(?:-glob)?\b|(?:^|\s)-k\b|(?:^|\s)-m\b|--co\b|--collect-only|-p no:|--exitfirst-never"
    r"|--lf\b|--last-failed|--cov-fail-under|--suppress-no-test-exit-code|--reruns"
    r"|--continue-on-collection-errors|--noconftest"
)


def is_raised(old: str, now: str) -> bool:
    numbers = [re.findall(r"\d+(?:\.\d+)?", side) for side in (old, now)]
    same = re.sub(r"\d+(?:\.\d+)?", "#", old) == re.sub(r"\d+(?:\.\d+)?", "#", now)
    limits = re.search(r"fail_under|threshold|target|branches|functions|lines|statements|minimum|cov-fail-under", now)
    return bool(same and limits) and all(float(b) >= float(a) for a, b in zip(*numbers, strict=False))


def check_python(change: Change, report: Report) -> None:
    before, after = (_tree(change.path, decoded(side)) for side in (change.before, change.after))
    if before is None or after is None:
        report.add("unparsable", change.path, 0, "it cannot be read as configuration")
        return
    for key in sorted({*before, *after}):
        old, now = before.get(key, ""), after.get(key, "")
        if old != now:
            _python_key(change, key, old, now, report)


def _python_key(change: Change, key: str, old: str, now: str, report: Report) -> None:
    section, _, name = key.rpartition("/")
    said = f"{key} changed from `{old[:60]}` to `{now[:60]}`" if old else f"{key} is `{now[:80]}` now"
    run = "pytest" in section or section == "[tool:pytest]"
    if run and name in RUN_KEYS:
        widened = (
            name == "testpaths" and set(re.findall(r"[\w./-]+", old)) <= set(re.findall(r"[\w./-]+", now)) and bool(old)
        )
        narrowed = Counter(NARROWS.findall(now)) - Counter(NARROWS.findall(old))
        strictness = name == "filterwarnings" and ("error" in old and "error" not in now)
        loosened = name == "addopts" and any(
            one in old and one not in now for one in ("--strict", "-W error", "--cov-fail-under", "--cov ", "--doctest")
        )
        if name == "addopts" and not narrowed and not loosened and not _lower(old, now):
            return
        if name == "filterwarnings" and not strictness:
            return
        if not widened and not (name == "xfail_strict" and now.lower() == "true"):
            report.add("test-excluded", change.path, 0, said)
    elif "coverage" in section and (
        name in ("omit", "fail_under", "exclude_lines", "exclude_also", "include", "source", "partial_branches")
    ):
        if not is_raised(f"fail_under {old}", f"fail_under {now}") or name != "fail_under":
            report.add("coverage-excluded", change.path, 0, said)
    elif any(re.search(rf"(?:^|[./\[:-]){tool}(?:$|[./\]:-])", section) for tool in TOOLS):
        report.add("checks-configuration", change.path, 0, said)


def _lower(old: str, now: str) -> bool:
    numbers = [re.search(r"--cov-fail-under[= ](\d+)", side) for side in (old, now)]
    return bool(numbers[0] and numbers[1] and float(numbers[1][1]) < float(numbers[0][1]))


def _tree(path: str, text: str) -> dict[str, str] | None:
    """Each value by its path; None for what cannot be parsed."""
    if path.endswith(".toml"):
        try:
            return _flat(tomllib.loads(text), "")
        except (tomllib.TOMLDecodeError, RecursionError):
            return None
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    return {f"{section}/{name}": value or "" for section in parser.sections() for name, value in parser.items(section)}


def _flat(tree: Tree, above: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in tree.items():
        place = f"{above}/{key}" if above else key
        found |= _flat(value, place) if isinstance(value, dict) else {place: json.dumps(value, default=str)}
    return found
