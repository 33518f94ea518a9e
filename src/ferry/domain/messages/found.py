"""Files that fit a text best, as Slack shows them."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.messages.blocks import Rendered, clipped, code, context, cut, escaped, prose, section
from ferry.domain.retrieval.find import Hit
from ferry.domain.words import count

MOST_FOUND = 10
ROW, NAMED = 280, 10


def found_files(text: str, hits: Sequence[Hit], searched: int, missing: Sequence[str]) -> Rendered:
    """missing: repositories that have no index yet, so that nobody takes their silence for an answer."""
    about = f"“{cut(' '.join(text.split()), 200)}”"
    plain = f"{count(len(hits), 'file')} of {count(searched, 'repository', 'repositories')} for {about}"
    rows = [clipped(f"{place}. {_row(hit)}", ROW) for place, hit in enumerate(hits, 1)]
    blocks = [section(f"*{escaped(plain)}*\n" + ("\n".join(rows) or "Nothing there has a word of it."))]
    if missing:
        more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
        names = ", ".join(code(name) for name in missing[:NAMED])
        blocks.append(context(f"no index yet, so not searched: {names}{more}"))
    return plain, blocks


def _row(hit: Hit) -> str:
    why = f": {prose('; '.join(hit.evidence))}" if hit.evidence else ""
    return f"{code(hit.repo)} {code(hit.path)} ({hit.kind}){why}"
