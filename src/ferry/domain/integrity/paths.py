"""What a path says: language, test or not, and whether an agent may touch it at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase

from ferry.domain import gates
from ferry.domain.conventions import tells_agents
from ferry.domain.integrity.change import Change
from ferry.domain.integrity.report import Report

LANGUAGES = {
    ".py": "python", ".pyi": "python",
    ".js": "javascript", ".jsx": "javascript", ".mjs": "javascript", ".cjs": "javascript",
    ".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx",
    ".go": "go", ".java": "java", ".rs": "rust",
    ".rb": "text", ".kt": "text", ".kts": "text", ".cs": "text", ".php": "text", ".swift": "text", ".scala": "text",
    ".c": "text", ".cc": "text", ".cpp": "text", ".h": "text", ".hpp": "text", ".m": "text", ".ex": "text",
    ".exs": "text", ".dart": "text", ".groovy": "text", ".sh": "text", ".bash": "text", ".lua": "text", ".pl": "text",
    ".t": "text", ".vue": "text", ".svelte": "text", ".feature": "text", ".clj": "text", ".hs": "text",
}  # fmt: skip
_TEST = re.compile(
    r"(^|/)(tests?|__tests__|specs?|e2e|testing|testdata|cypress|src/(test|androidTest|integrationTest))/"
    r"|(^|/)(test_[^/]*|[^/]*_tests?|conftest|tests)\.py$"
    r"|\.(test|spec|cy|e2e)\.[cm]?[jt]sx?$|_test\.(go|dart|exs|rb|cc|cpp)$|_spec\.rb$"
    r"|(^|/)[A-Za-z0-9]*(Tests?|IT|TestCase|Spec)\.(java|kt|cs|swift|groovy|php|scala)$",
)
_DATA = re.compile(
    r"(^|/)(fixtures?|testdata|__snapshots__|snapshots|golden|data|resources)/|\.(snap|golden|approved\.\w+)$"
)
_EXPECTED = re.compile(
    r"(^|/)(__snapshots__|snapshots|golden|goldens|expected|baselines?)/|\.(snap|golden|expected|approved\.\w+|ambr)$"
)


def language(path: str) -> str:
    """ "" for what is no source."""
    name = path.rpartition("/")[2]
    return LANGUAGES.get(name[name.rfind(".") :].lower(), "") if "." in name else ""


def is_test(path: str) -> bool:
    return bool(_TEST.search(path))


def is_expected_output(path: str) -> bool:
    """Snapshots and golden files: expectations that live in a file of their own."""
    return bool(_EXPECTED.search(path))


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Without regard to case, over the whole path and over the name alone."""
    whole, name = path.casefold(), path.casefold().rpartition("/")[2]
    return any(fnmatchcase(whole, one) or fnmatchcase(name, one) for one in patterns)


def check_paths(changes: Iterable[Change], allowed: Collection[str] | None, report: Report) -> None:
    """allowed: exact paths of the approved plan; None where there is no plan."""
    for change in changes:
        for path in dict.fromkeys(filter(None, (change.path, change.previous))):
            broken = next((rule for rule in gates.RULES if rule.breaks(path)), None)
            if broken:
                report.add(broken.name, path, 0, broken.says)
            elif allowed is not None and path not in allowed:
                report.add("outside-plan", path, 0, "the approved plan does not name this file")
            elif tells_agents(path):
                report.add("conventions-edited", path, 0, "it tells agents how to work, Ferry among them")
        if change.odd:
            report.add("strange-path", change.path, 0, f"it is a {change.odd} now; only plain files may be changed")
