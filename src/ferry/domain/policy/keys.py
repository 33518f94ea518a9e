"""Keys of people and of groups: the vendor, a colon, and the vendor's own name for them."""

from __future__ import annotations

import re

OPERATOR = "operator"
PEOPLE = {
    "slack": (r"[UW][A-Z0-9]+", "slack:U…"),
    "jira": (r"[A-Za-z0-9:_-]{1,128}", "jira:<account id>"),
    "github": (r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", "github:<login>"),
    OPERATOR: (r"[A-Za-z0-9._@+-]{1,64}", "operator:<user name>"),
}
GROUPS = {
    "slack-group": (r"S[A-Z0-9]+", "slack-group:S…"),
    "github-team": (r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+", "github-team:<organisation>/<slug>"),
    "jira-group": (r"\S.{0,254}", "jira-group:<name>"),
}
# GitHub's names are the same in any case; Slack's and Jira's ids are not.
ANY_CASE = ("github", "github-team")


def vendor(key: str) -> str:
    return key.partition(":")[0]


def is_group(key: str) -> bool:
    return vendor(key) in GROUPS


def person(key: str) -> str:
    """`key` in its one spelling; ValueError when it names no person."""
    return _checked(key, PEOPLE)


def who(key: str) -> str:
    """`key` of a person or of a group in its one spelling; ValueError when it names neither."""
    return _checked(key, {**PEOPLE, **GROUPS})


def one_spelling(key: str) -> str:
    return key.lower() if vendor(key) in ANY_CASE else key


def _checked(key: str, kinds: dict[str, tuple[str, str]]) -> str:
    pattern, _ = kinds.get(vendor(key), ("", ""))
    if not pattern or not re.fullmatch(pattern, key.partition(":")[2]):
        shapes = ", ".join(shape for _, shape in kinds.values())
        raise ValueError(f"{key[:80]!r} names nobody; write one of {shapes}")
    return one_spelling(key)
