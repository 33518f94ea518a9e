"""Who owns a file, as GitHub reads CODEOWNERS.

https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/
about-code-owners: the first of three places counts, the last pattern that matches wins, patterns are those of
gitignore without ``!``, ``[ ]`` and ``\\#``; a line that GitHub cannot read is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
LONGEST = 3_000_000  # bytes; GitHub loads no larger one
MOST_STARS = 8
"""GitHub names no limit; more of them in one pattern would only cost."""
_OWNER = re.compile(r"@[\w.-]+(?:/[\w.-]+)?|[^\s@]+@[^\s@]+\.[^\s@]+")


@dataclass(frozen=True)
class Owners:
    """rules: (pattern, owners) in the order of the file; a rule without owners says that nobody owns it."""

    rules: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def of(self, path: str) -> tuple[str, ...]:
        """path: relative to the repository."""
        for pattern, owners in reversed(self.rules):
            if _matcher(pattern).match(path):
                return owners
        return ()


def read_owners(texts: Mapping[str, str]) -> Owners:
    """texts: by path; others than `PLACES` are passed over."""
    text = next((texts[place] for place in PLACES if place in texts), "")
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST:
        return Owners()
    return Owners(tuple(filter(None, map(_rule, text.splitlines()))))


def _rule(line: str) -> tuple[str, tuple[str, ...]] | None:
    words = re.split(r"(?<!\\)\s+", re.sub(r"(^|\s)#.*$", "", line).strip())
    pattern, owners = words[0].replace("\\ ", " "), tuple(words[1:])
    if not pattern or pattern.startswith(("!", "\\#")) or "[" in pattern or pattern.count("*") > MOST_STARS:
        return None
    return (pattern, owners) if all(map(_OWNER.fullmatch, owners)) else None


@lru_cache(maxsize=4096)
def _matcher(pattern: str) -> re.Pattern[str]:
    """Anchored where a slash stands in the pattern but at its end; a match of a folder is one of all that is in it.

    ``docs/*`` is the files of one folder alone, as GitHub documents it.
    """
    body = pattern.strip("/")
    anchored = pattern.startswith("/") or "/" in body
    expression = _expression(body)
    if pattern.endswith("/"):
        below = "/.+"
    elif body.endswith("/*") or body.endswith("/**"):
        below = ""
    else:
        below = "(?:/.+)?"
    return re.compile(f"{'' if anchored else '(?:.+/)?'}{expression}{below}$", re.DOTALL)


def _expression(body: str) -> str:
    parts = re.split(r"(\*\*/|/\*\*$|\*+|\?)", body)
    signs = {"**/": "(?:.+/)?", "/**": "/.+", "?": "[^/]"}
    return "".join(signs.get(part) or ("[^/]*" if part.startswith("*") else re.escape(part)) for part in parts if part)
