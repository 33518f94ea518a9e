"""A finished change that waits for permission: its exact bytes, and what the integrity gate found in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import unified_diff

from pydantic import ConfigDict

from ferry.domain.document import Document, digest

# A person reads each of them before saying yes.
MOST_FINDINGS = 10
EXCERPT = 9
_HUNK = re.compile(r"^@@ -(\d+)(?:,\d+)? \+(\d+)")


class HeldFinding(Document):
    """As `ferry.domain.integrity.Finding`; all of them only ask."""

    rule: str
    path: str
    line: int
    message: str

    @property
    def words(self) -> str:
        return f"{self.path}:{self.line}: {self.message} ({self.rule})"


class HeldFile(Document):
    """before, after: None where there is no such file."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    path: str
    before: bytes | None
    after: bytes | None
    executable: bool = False

    def diff(self) -> list[str]:
        """Unified; one line for what is no text."""
        before, after = _lines(self.before), _lines(self.after)
        if before is None or after is None:
            sizes = (len(self.before or b""), len(self.after or b""))
            return [f"--- {self.path}", f"+++ {self.path}", f"no text: {sizes[0]:,} bytes before, {sizes[1]:,} now"]
        return list(unified_diff(before, after, self.path, self.path, lineterm=""))


class Held(Document):
    """plan: `PlanRecord.digest`; item: the plan task; summary, commit_message: the agent's; commit: its SHA, once it is
    made."""

    task_id: str
    plan: str
    repo: str
    item: str
    findings: tuple[HeldFinding, ...]
    files: tuple[HeldFile, ...]
    summary: str
    commit_message: str
    commit: str = ""

    @property
    def digest(self) -> str:
        """What a permission is bound to: this change for this task, byte for byte, and what was found in it."""
        said = self.dump()
        return digest({name: said[name] for name in ("task_id", "plan", "repo", "item", "findings", "files")})

    def diff(self) -> str:
        return "\n".join(line for file in self.files for line in file.diff()) + "\n"

    def excerpt(self, finding: HeldFinding) -> str:
        """The lines of the diff around `finding`; made of the bytes that the digest covers. "" where there are none."""
        file = next((one for one in self.files if one.path == finding.path), None)
        return "\n".join(_around(file, finding.line)) if file else ""


def _around(file: HeldFile, line: int) -> Sequence[str]:
    rows = list(_numbered(file.diff()[2:], gone=file.after is None))
    nearest = min(range(len(rows)), key=lambda at: abs(rows[at][0] - line), default=0)
    first = max(0, nearest - EXCERPT // 2)
    return [row for _, row in rows[first : first + EXCERPT]]


def _numbered(diff: Sequence[str], *, gone: bool) -> Iterator[tuple[int, str]]:
    """Each row with its line in the file afterwards, or before where nothing is left."""
    number, other = 0, "+" if gone else "-"
    for row in diff:
        if hunk := _HUNK.match(row):
            number = int(hunk[1 if gone else 2])
            continue
        yield number, row
        number += not row.startswith(other)


def _lines(content: bytes | None) -> list[str] | None:
    """None for what is no text."""
    try:
        text = (content or b"").decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text.splitlines()
