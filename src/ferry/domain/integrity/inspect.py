"""One diff through all rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from ferry.domain.gate_rules import Severity
from ferry.domain.integrity import paths
from ferry.domain.integrity.change import Asked, Change, Finding
from ferry.domain.integrity.compare import compare, weak_tests
from ferry.domain.integrity.facts import Both, Facts
from ferry.domain.integrity.files import check_files, check_locks
from ferry.domain.integrity.marks import hard_coded, mocked_subjects, new_marks
from ferry.domain.integrity.reading import decoded, facts_of, is_binary
from ferry.domain.integrity.report import Report
from ferry.domain.integrity.settings import check_settings
from ferry.domain.integrity.syntax import Parse

# Path and text to lines that hold what looks like a secret, and its kind.
Scan = Callable[[str, str], Sequence[tuple[int, str]]]

MOST_FILES = 2_000
MOST_BYTES = 30_000_000
# A parser takes some seconds for a megabyte.
MOST_SOURCE = 8_000_000


def inspect(
    changes: Sequence[Change],
    *,
    allowed: Collection[str] | None = None,
    asked: Asked | None = None,
    policy: Mapping[str, Severity] | None = None,
    known: Collection[str] = (),
    unread: int = 0,
    parse: Parse,
    scan: Scan,
) -> tuple[Finding, ...]:
    """Every rule that `changes` break, what blocks first. Pure: it reads what it is given and nothing else.

    allowed: exact paths of the approved plan, None without one; asked: what that plan says about tests; policy:
    severities by rule where they differ from the rulebook's; known: paths of the base; unread: bytes of a diff that was
    too large to be read.
    """
    report = Report(policy or {})
    paths.check_paths(changes, allowed, report)
    if many := _too_large(changes, unread):
        report.add("diff-too-large", "", 0, many)
        return report.findings
    asked = asked or Asked()
    check_files(changes, asked, report)
    check_locks(changes, known, report)
    check_settings(changes, report)
    files = _both(changes, parse)
    _unparsable(files, report)
    compare(files, asked, _added_code(changes), report)
    weak_tests(files, report)
    new_marks(files, report)
    mocked_subjects(files, report)
    hard_coded(files, report)
    _secrets(changes, scan, report)
    return report.findings


def _too_large(changes: Sequence[Change], unread: int) -> str:
    sizes = {change.path: len(change.before or b"") + len(change.after or b"") for change in changes}
    size, source = unread + sum(sizes.values()), sum(sizes[path] for path in sizes if paths.language(path))
    if len(changes) <= MOST_FILES and size <= MOST_BYTES and source <= MOST_SOURCE:
        return ""
    most = f"{MOST_FILES:,} files and {MOST_BYTES // 1_000_000} MB, {MOST_SOURCE // 1_000_000} MB of them source,"
    return f"{len(changes):,} files with {size // 1_000_000:,} MB; at most {most} are looked at; split the change"


def _both(changes: Sequence[Change], parse: Parse) -> list[Both]:
    return [
        Both(
            change.path,
            facts_of(change.previous or change.path, change.before, parse),
            Facts() if change.odd else facts_of(change.path, change.after, parse),
            paths.is_test(change.path),
            new=change.before is None,
            gone=change.after is None,
        )
        for change in changes
        if paths.language(change.path) or paths.language(change.previous)
    ]


def _unparsable(files: Sequence[Both], report: Report) -> None:
    for file in files:
        if file.after.broken and not file.before.broken:
            report.add("unparsable", file.path, file.after.at, file.after.broken)


def _added_code(changes: Sequence[Change]) -> str:
    """Lines that are new in files that are no tests."""
    new: list[str] = []
    for change in changes:
        if not paths.is_test(change.path) and not is_binary(change.after):
            before = Counter(decoded(change.before).splitlines())
            new += Counter(decoded(change.after).splitlines()) - before
    return "\n".join(new)


def _secrets(changes: Sequence[Change], scan: Scan, report: Report) -> None:
    for change in changes:
        if change.after is None or is_binary(change.after) or change.odd:
            continue
        before = {line.strip() for line in decoded(change.before).splitlines()}
        lines = decoded(change.after).splitlines()
        fresh = "\n".join("" if line.strip() in before else line for line in lines)
        for number, kind in scan(change.path, fresh):
            report.add("secret", change.path, number, f"the line holds what looks like a secret ({kind})")
            report.hush(change.path)
