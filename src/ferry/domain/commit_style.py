"""How a repository writes its commit messages, read from its own history, and a message written that way."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

# Fewer subjects than these show no style.
FEWEST, MOST = 5, 100
TYPES = "build|ci|chore|docs|feat|fix|perf|refactor|revert|style|test"
# https://www.conventionalcommits.org/en/v1.0.0/
CONVENTIONAL = re.compile(rf"(?P<type>{TYPES})(?:\((?P<scope>[\w./ -]+)\))?(?P<breaks>!)?: (?P<text>\S.*)")
_KEY = r"[A-Z][A-Z0-9]+-\d+"
_FACE = r"(?P<face>:[a-z0-9_+-]+:|[\u2190-\u2bff\U0001F000-\U0001FAFF]\ufe0f?)"
_NOBODY = re.compile(
    r"(Merge|Revert) |Bump \S+ from |Update dependency |\[?pre-commit|v?\d+\.\d+(\.\d+)?$|Initial commit$"
)
_TAIL = re.compile(r"\s*\(#\d+\)$")
# https://gitmoji.dev
FACES = {
    "feat": ("sparkles", "✨"), "fix": ("bug", "🐛"), "docs": ("memo", "📝"), "style": ("art", "🎨"),
    "refactor": ("recycle", "♻️"), "perf": ("zap", "⚡️"), "test": ("white_check_mark", "✅"),
    "ci": ("green_heart", "💚"), "build": ("package", "📦️"), "chore": ("wrench", "🔧"), "revert": ("rewind", "⏪️"),
}  # fmt: skip


class Form(StrEnum):
    CONVENTIONAL = "type(scope): title"
    GITMOJI = "gitmoji"
    TICKET = "ABC-123: title"
    BRACKET = "[scope] Title"
    SCOPE = "scope: title"
    PLAIN = "Title"


_SHAPES = (
    (Form.CONVENTIONAL, CONVENTIONAL),
    (Form.GITMOJI, re.compile(rf"{_FACE} ?(?P<text>\S.*)")),
    (Form.TICKET, re.compile(rf"(?P<open>\[?){_KEY}(?P<close>\]?:? )(?P<text>\S.*)")),
    (Form.BRACKET, re.compile(r"\[(?P<scope>[\w./ -]+)\]:? (?P<text>\S.*)")),
    (Form.SCOPE, re.compile(r"(?P<scope>[\w./{},*-]+): (?P<text>\S.*)")),
    (Form.PLAIN, re.compile(r"(?P<text>\S.*)")),
)


@dataclass(frozen=True)
class CommitStyle:
    """capital: whether titles begin with a capital; scopes: those that the history knows; before, after: what stands
    around a ticket's key; coded: ``:bug:`` instead of the sign itself."""

    form: Form = Form.CONVENTIONAL
    capital: bool = False
    scopes: frozenset[str] = frozenset()
    before: str = ""
    after: str = ": "
    coded: bool = False


def detect(subjects: Iterable[str]) -> CommitStyle:
    """From first lines, newest first. What most of them follow; conventional commits when nothing is followed by most.
    Merges, reverts, releases and what bots write say nothing."""
    told = [_TAIL.sub("", subject.strip()) for _, subject in zip(range(MOST), subjects, strict=False)]
    read = [_read(subject) for subject in told if subject and not _NOBODY.match(subject)]
    counts = Counter(form for form, _ in read)
    form, count = counts.most_common(1)[0] if counts else (Form.CONVENTIONAL, 0)
    if len(read) < FEWEST or 2 * count <= len(read):
        return CommitStyle()
    return _details(form, [found for one, found in read if one is form])


def _read(subject: str) -> tuple[Form, Mapping[str, str]]:
    for form, shape in _SHAPES:
        if found := shape.match(subject):
            return form, {name: value or "" for name, value in found.groupdict().items()}
    raise AssertionError(subject)  # a plain title is whatever is not empty


def _details(form: Form, found: Sequence[Mapping[str, str]]) -> CommitStyle:
    capitals = sum(each["text"][:1].isupper() for each in found)
    scopes = frozenset(each["scope"] for each in found if each.get("scope"))
    marks = Counter((each.get("open", ""), each.get("close", ": ")) for each in found)
    (before, after), _ = marks.most_common(1)[0]
    coded = 2 * sum(each.get("face", "").startswith(":") for each in found) > len(found)
    return CommitStyle(form, 2 * capitals > len(found), scopes, before, after, coded)


def written(message: str, style: CommitStyle, *, ticket: str, file: str) -> str:
    """message: conventional, as `check_commit_message` demands; file: where the change is, for a scope that it does not
    name; ticket: the tracker's key."""
    subject, _, body = message.partition("\n")
    found = CONVENTIONAL.match(subject)
    if not found or style.form is Form.CONVENTIONAL:
        return message
    first = _subject(style, found["type"], found["scope"] or _scope(style, file), _title(style, found["text"]), ticket)
    broken = f"BREAKING CHANGE: {found['text']}" if found["breaks"] and "BREAKING CHANGE" not in body else ""
    return "\n\n".join(part for part in (first, body.strip(), broken) if part)


def _subject(style: CommitStyle, type_: str, scope: str, title: str, ticket: str) -> str:
    code, sign = FACES[type_]
    return {
        Form.GITMOJI: f"{f':{code}:' if style.coded else sign} {title}",
        Form.TICKET: f"{style.before}{ticket}{style.after}{title}",
        Form.BRACKET: f"[{scope}] {title}",
        Form.SCOPE: f"{scope}: {title}",
    }.get(style.form, title)


def _title(style: CommitStyle, text: str) -> str:
    """A name such as ``URL`` or ``iOS`` keeps its letters."""
    if len(text) > 1 and not text[1].islower() and text[1].isalpha():
        return text
    return (text[:1].upper() if style.capital else text[:1].lower()) + text[1:]


def _scope(style: CommitStyle, file: str) -> str:
    """A scope of the history that is part of the path, else the folder, else the file's own name."""
    path = PurePosixPath(file)
    parts = [*reversed(path.parent.parts), path.stem]
    known = next((part for part in parts if part in style.scopes), "")
    own = [part for part in parts[:-1] if part not in ("src", "lib", "app", "pkg", "internal", "main", "java")]
    return known or (own[0] if own else path.stem)


def trailers(pairs: Iterable[tuple[str, str]]) -> str:
    """``Key: value`` lines, one for each value that is something. An address of e-mail is left out: nobody gave it to
    us for a public record; and no value can begin another line."""
    lines = ((key, _harmless(value)) for key, value in pairs)
    return "\n".join(dict.fromkeys(f"{key}: {value}" for key, value in lines if value))


def _harmless(value: str) -> str:
    line = "".join(sign if sign.isprintable() else " " for sign in value)
    return " ".join(re.sub(r"<[^>]*>?|\S*@\S*\.\S*", " ", line).split())[:100].strip()
