"""What the integrity gate asks about, as Slack shows it: where, why, and the lines of the change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ferry.domain.held import Held, HeldFinding
from ferry.domain.messages.blocks import FENCE, LINE, Part, code, cut, escaped, prose, section
from ferry.domain.words import count

ASKS = (
    ":grey_question: *Ferry made a change and its tests prove it, but only a person may allow what was found in it.* "
    "Nothing of it is committed yet."
)
MEANS = "*Allow* commits exactly this. *Request changes* plans again. *Refuse* ends the task and closes its drafts."
LONGEST_EXCERPT = 1200


def diff_name(held: Held) -> str:
    """Of the file with the whole change."""
    return f"{held.repo.rpartition('/')[2]}-{held.item}.diff"


def questions(held: Sequence[Held]) -> Iterator[Part]:
    for one in held:
        files = f"{count(len(one.files), 'file')}, all of it in {code(diff_name(one))} in this thread"
        yield Part(section(f"*{escaped(one.repo)}, {escaped(one.item)}:* {prose(cut(one.summary, LINE))} ({files})"))
        yield from (Part(section(_question(one, finding))) for finding in one.findings)


def _question(held: Held, finding: HeldFinding) -> str:
    where = code(f"{finding.path}:{finding.line}" if finding.line else finding.path)
    said = f"• {where} {prose(cut(finding.message, LINE))} ({code(finding.rule)})"
    excerpt = escaped(cut(held.excerpt(finding), LONGEST_EXCERPT))
    return f"{said}\n{FENCE}\n{excerpt}\n{FENCE}" if excerpt.strip() else said
