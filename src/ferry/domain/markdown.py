"""Text of others in what Ferry writes on GitHub."""

from __future__ import annotations

import re

from ferry.domain.secret import masked

_HERE = "\u200b"  # unseen, and enough that GitHub reads neither a mention, a reference nor a command
# docs.github.com "Linking a pull request to an issue"; what has a number sign loses that below.
_CLOSES = re.compile(r"\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)(?=:?\s+(?:https?://|GH-))", re.IGNORECASE)
# docs.github.com "Skipping workflow runs"; the same in brackets skips other CI too. A squash makes a title a commit.
SKIPS_CI = re.compile(
    r"\[(?=(?:skip|no)[ -]\w+\]|\w+[ -]skip\])|\*\*\*(?=NO_CI\*\*\*)|\bskip-checks(?=:)", re.IGNORECASE
)


def plain(text: str) -> str:
    """Text of a model or a ticket on one line, without secrets and without the power to open HTML or be an entity,
    mention people or close issues."""
    line = " ".join(masked(text)[0].split()).replace("<", "&lt;").replace("[", "\\[").replace("]", "\\]")
    return powerless(re.sub(r"&(?!lt;)(?=#|\w+;)", "&amp;", line))


def powerless(line: str) -> str:
    """Mentions, closing keywords and what switches CI off are still read by people, and by nobody else."""
    unread = SKIPS_CI.sub(lambda sign: sign[0] + _HERE, _CLOSES.sub(lambda word: word[0] + _HERE, line))
    return re.sub(r"[@#](?=\w)", lambda sign: sign[0] + _HERE, unread)
