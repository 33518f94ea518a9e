"""Names that Ferry gives: branches by the organisation's rule, titles of pull requests."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from ferry.domain.errors import InvalidSettings
from ferry.domain.markdown import powerless
from ferry.domain.secret import masked
from ferry.domain.ticket import Ticket

PATTERN = "ferry/{key}-{slug}"
LONGEST_SLUG, LONGEST_KEY, LONGEST_TITLE = 40, 40, 200

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# git-check-ref-format(1), narrowed to what is also plain in a URL and in a shell.
_VALID = re.compile(r"(?!.*(?:\.\.|//|\.lock(?:/|$)|/\.|\.$|\./))[A-Za-z0-9_][A-Za-z0-9._/-]*[A-Za-z0-9_]")


def task_id(ticket_key: str, trigger: str) -> str:
    """``FERRY-1-a1b2c3``: the same for the same trigger, however often and in whatever order it is told."""
    return f"{ticket_key}-{hashlib.sha256(trigger.encode()).hexdigest()[:6]}"


def branch_name(pattern: str, ticket: Ticket, run: int = 1) -> str:
    """``ferry/{key}-{slug}`` → ``ferry/FERRY-1-volume-discount``: a valid git ref for any ticket.

    pattern: the organisation's rule; ``{key}`` must be in it, ``{slug}`` (of the title) may be.
    run: later runs of the same ticket get names of their own, so that none meets what an earlier one left.
    InvalidSettings when the pattern cannot give valid names.
    """
    if set(_PLACEHOLDER.findall(pattern)) - {"key", "slug"} or "{key}" not in pattern:
        raise InvalidSettings(
            f"BRANCH_PATTERN {pattern!r} must have {{key}}, may have {{slug}}, and nothing else in braces"
        )
    key = _plain(ticket.key)[:LONGEST_KEY].strip("-") or "ticket"
    slug = _cut(_plain(ticket.title).lower()) or "change"
    name = pattern.replace("{key}", key).replace("{slug}", slug) + (f"-{run}" if run > 1 else "")
    if not _VALID.fullmatch(name):
        raise InvalidSettings(f"BRANCH_PATTERN {pattern!r} gives {name!r}, which is no plain branch name")
    return name


def pull_request_title(ticket: Ticket) -> str:
    """One line; mentions and issue numbers in it lose their power (a squash makes the title a commit message)."""
    line = " ".join(masked(f"{ticket.key}: {ticket.title}")[0].split())
    short = line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1]}…"
    return powerless(short)


def _plain(text: str) -> str:
    """Letters and digits of ASCII, everything else a hyphen: ``Größe (neu)`` → ``Grosse-neu``."""
    decomposed = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    ascii_only = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return re.sub(r"[^A-Za-z0-9]+", "-", ascii_only).strip("-")


def _cut(slug: str) -> str:
    """At a word's end where there is one."""
    if len(slug) <= LONGEST_SLUG:
        return slug
    head, hyphen, _ = slug[: LONGEST_SLUG + 1].rpartition("-")
    return head if hyphen else slug[:LONGEST_SLUG]
