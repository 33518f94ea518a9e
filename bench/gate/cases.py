"""The corpus: small patches that cheat, and honest ones that look a little like it.

A case is a header ``== name | rule or kind | language | source`` and, per file, ``@@ path`` (``@@ old => new`` for a
rename) with every line of the file: `` `` in both, ``-`` before alone, ``+`` after alone. ``plan:`` says what was
approved. ``{{…}}`` stands for what must not be in a repository as it is: tokens, control characters, bulk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ferry.domain.integrity import Asked, Change

CORPUS = Path(__file__).parent / "corpus"
# Put together here, so that no scanner finds them in this repository: none was ever valid.
TOKENS = {
    "aws": "AKIA" + "Q3TZ7MXW4LPN2RVK",
    "github": "ghp_" + "b7Q2mZp4Xw8LtB5rDk9Js3Vn6Hf1Yc0Ga2Qe",
    "slack": "xoxb-" + "123456789012-1234567890123-" + "AbCdEfGhIjKlMnOpQrStUvWx",
    "pem": "-----BEGIN " + "RSA PRIVATE KEY-----",
    "body": "MIIEpAIBAAKCAQEA7bq" + "x8Lk2Vd9Qw3Ty5Zu7Po1Mn4Bv6Cx8" + "Za0Sd2Fg4Hj6Kl8",
    "nul": "\0",
}


@dataclass(frozen=True)
class Case:
    """about: of a cheat the rule that must catch it, of an honest patch its kind; held: set aside when the rules were
    written, a third by name."""

    name: str
    about: str
    language: str
    source: str
    changes: tuple[Change, ...]
    allowed: frozenset[str] | None
    asked: Asked

    @property
    def held(self) -> bool:
        return int(sha256(self.name.encode()).hexdigest(), 16) % 3 == 0


def cheats() -> list[Case]:
    return [case for file in sorted(CORPUS.glob("cheats-*.diff")) for case in _cases(file)]


def honest() -> list[Case]:
    return [case for file in sorted(CORPUS.glob("honest-*.diff")) for case in _cases(file)]


def _cases(file: Path) -> Iterator[Case]:
    for block in re.split(r"^== ", file.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        header, _, rest = block.partition("\n")
        name, about, language, source = (part.strip() for part in header.split("|", 3))
        plan = re.match(r"plan: (.*)\n", rest)
        facts = re.findall(r"(allowed|tests|words)=(.*?)(?= (?:allowed|tests|words)=|$)", plan[1]) if plan else []
        said = dict(facts)
        allowed = frozenset(said["allowed"].split(",")) if "allowed" in said else None
        asked = Asked(frozenset(filter(None, said.get("tests", "").split(","))), said.get("words", ""))
        yield Case(name, about, language, source, tuple(_changes(rest)), allowed, asked)


def _changes(text: str) -> Iterator[Change]:
    for part in re.split(r"^@@ ", text, flags=re.MULTILINE)[1:]:
        head, _, body = part.partition("\n")
        old, _, new = head.partition(" => ")
        lines = body.rstrip("\n").split("\n")
        before = [line[1:] for line in lines if not line.startswith("+")]
        after = [line[1:] for line in lines if not line.startswith("-")]
        moved = old if new else ""
        yield Change(new or old, _bytes(before), _bytes(after), previous=moved)


def _bytes(lines: list[str]) -> bytes | None:
    return "".join(f"{_filled(line)}\n" for line in lines).encode() if lines else None


def _filled(line: str) -> str:
    return re.sub(r"\{\{([^}]+)\}\}", lambda found: _stands_for(found[1]), line)


def _stands_for(what: str) -> str:
    word, _, size = what.partition(" ")
    if word == "fill":
        return "x" * int(size)
    if word == "nest":
        return "[" * int(size) + "]" * int(size)
    return chr(int(word[2:], 16)) if word.startswith("u+") else TOKENS[word]
