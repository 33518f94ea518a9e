"""Text of others in what Ferry writes on GitHub, and the parts of a text that are its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Section:
    """A part of a text between two marks that nobody sees, so that it can be made anew where it stands."""

    name: str

    def marked(self, markdown: str) -> str:
        begin, end = self._marks
        return "\n".join(filter(None, (begin, markdown, end)))

    def around(self, text: str) -> tuple[str, str] | None:
        """What stands before and after it; None where it is not between its marks, for people may edit the text."""
        begin, end = map(re.escape, self._marks)
        found = re.search(rf"{begin}(?:(?!{begin}).)*?{end}", text, re.DOTALL)
        return (text[: found.start()], text[found.end() :]) if found else None

    def placed(self, text: str, markdown: str) -> str:
        """`text` with the section made anew, at its end where it had none."""
        if around := self.around(text):
            return self.marked(markdown).join(around)
        return f"{text.rstrip()}\n\n{self.marked(markdown)}\n"

    @property
    def _marks(self) -> tuple[str, str]:
        return f"<!-- ferry:{self.name} -->", f"<!-- /ferry:{self.name} -->"
