"""What a ticket says without what its form asked for: templates, environment dumps, package lists, addresses."""

from __future__ import annotations

import re

MOST = 60_000
LONGEST_LINE = 4_000

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ADDRESS = re.compile(r"https?://[^\s)>\]\"'`]+")
_BLOB = re.compile(r"/(?:blob|tree|raw|edit)/[^/]+/([^\s#?]+)")
_HEADING = re.compile(
    r"[#*_\s]*(?:please |describe |what |how |is |your |the |a |an |any |to |did |you |do |does |and |or |of |this "
    r"|that |it |have |has )*"
    r"(?:expected|actual|current|desired|observed|steps|reproduc\w*|environment|versions?|system info\w*|additional"
    r"|context|screenshots?|checklist|summary|description|bug|feature|request|report|issue|problem|solution|alternatives?"
    r"|possible|minimal|complete|verifiable|example|output|happen\w*|traceback|information|details|behaviou?r|result"
    r"|title|type|impact|logs?|related|relevant|motivation|background|prior|search\w*|existing|duplicates?|proposal"
    r"|configuration|platform|os|browser|component|name|code of conduct|contribut\w*|here|see|e\.g\.?|if|applicable)"
    r"(?:[\s\w/,'&()]{0,50})[:?.*_\s]*",
    re.IGNORECASE,
)
_BOX = re.compile(r"\s*[-*]\s*\[[ xX]\]")
_PINNED = re.compile(
    r"\s*[-*]?\s*[\w.\[\]-]{1,50}\s*(?:==|@|~=|>=|:|=|\s{2,}|\s)\s*[\"'v^~]*\d+(?:\.\d+)+[\w.+-]*[\"',]*(?:\s+\S{1,30}){0,3}\s*"
)
_FACT = re.compile(
    r"\s*[-*]?\s*\**(?:os|os version|operating system|platform|python|python version|python-bits"
    r"|byteorder|processor|machine|lc_all|lang|locale|node(?:\.js)?|npm|yarn|browser"
    r"|go version|rustc|cargo|java|jdk|libhdf5|libnetcdf|commit|uname|kernel"
    r"|arch|shell|terminal|version|os-release|config file|ansible python\w* \w+"
    r"|executable location|qt|pyqt|go\w+)\**\s*[:=].{0,120}",
    re.IGNORECASE,
)


def clean(text: str) -> str:
    """The first `MOST` characters without comments, headings of forms, check boxes, versions; of addresses the path."""
    kept = _ADDRESS.sub(_place, _COMMENT.sub(" ", text[:MOST]))
    return "\n".join(line[:LONGEST_LINE] for line in kept.splitlines() if not _is_form(line))


def _is_form(line: str) -> bool:
    if len(line) > 200:
        return False
    return bool(
        _BOX.match(line)
        or _PINNED.fullmatch(line)
        or _FACT.fullmatch(line)
        or (line[:1] in "#*_" and len(line) < 90 and _HEADING.fullmatch(line))
    )


def _place(match: re.Match[str]) -> str:
    """A link into a repository's files names one of them; any other says nothing here."""
    inside = _BLOB.search(match[0])
    return f" {inside[1]} " if inside else " "
