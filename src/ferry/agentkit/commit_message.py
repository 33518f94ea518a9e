"""Commit messages that an agent may write: conventional, and without power over CI or Ferry's own records."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from ferry.domain.commit_style import CommitStyle, detect
from ferry.domain.markdown import SKIPS_CI
from ferry.ports import Forge

FIRST_LINE = 72
# https://www.conventionalcommits.org/en/v1.0.0/
_CONVENTIONAL = re.compile(r"(build|ci|chore|docs|feat|fix|perf|refactor|revert|style|test)(\([\w./ -]+\))?!?: \S")
# What a commit can do at GitHub and Jira beside being read: https://docs.github.com/issues/tracking-your-work-with-issues
_POWERS = re.compile(
    r"(?<!\w)@(?=\w)|(?<!\w)#(?=\w)"
    r"|\b(close[sd]?|fix(e[sd])?|resolve[sd]?):?\s+(https?://|GH-|[\w.-]+/[\w.-]+#)",
    re.IGNORECASE,
)
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
_TRAILER = re.compile(
    r"^(ferry-|requested-by:|approved-by:|co-authored-by:|signed-off-by:)", re.IGNORECASE | re.MULTILINE
)


def check_commit_message(message: str) -> str:
    """ValueError says what is wrong; the message comes back without white space around it."""
    text = message.strip()
    first = text.partition("\n")[0]
    if not _CONVENTIONAL.match(first):
        raise ValueError("the first line must be a conventional commit, e.g. 'feat(pricing): round half up'")
    if len(first) > FIRST_LINE:
        raise ValueError(f"the first line has {len(first)} characters; at most {FIRST_LINE}")
    if _UNSEEN.search(text):
        raise ValueError("only characters that people see, and plain line ends")
    if SKIPS_CI.search(text):
        raise ValueError("a commit may not skip CI")
    if _POWERS.search(text):
        raise ValueError("no mention of people and no reference to an issue, which a merge would notify or close")
    if _TRAILER.search(text):
        raise ValueError("trailers are added for you; leave them out")
    return text


CommitMessage = Annotated[
    str,
    AfterValidator(check_commit_message),
    Field(description=f"A conventional commit message; its first line has at most {FIRST_LINE} characters."),
]


def commit_style_of(repo: str, sha: str, forge: Forge) -> CommitStyle:
    """How the commits that led to `sha` were written; merges were not."""
    return detect(commit.subject for commit in forge.log(repo, sha) if commit.parents < 2)
