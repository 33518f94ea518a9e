"""Words of code: an identifier is its parts and itself, so that ``OrderTotal`` is found by "order total"."""

# ruff: noqa: SIM905  (lists of words read better without forty quotes)

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

STOP = frozenset(
    "a all also an and any are as at be but by can do for from get has have if in into is it its more no not of off on "
    "one only or our out same should so such than that the their them then there these they this to up us was we were "
    "what when where which who will with you your".split()
)
LONGEST = 80
KNOWN = 1 << 18  # runs remembered: 50 MB at most

_IDENTIFIER = re.compile(r"[^\W\d]\w*|\d+")
_SPACED = bytes(code if code > 127 or chr(code).isalnum() or code == ord("_") else ord(" ") for code in range(256))
_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[^\W\dA-Z_]+|[A-Z]+|\d+")
_QUOTED = re.compile(r"`([^`\n]{2,80})`")
_CALLED = re.compile(r"\b([^\W\d]\w*)\(")
_PATH = re.compile(r"(?<![\w/.-])/?(?:[\w.-]{1,80}/){0,12}[\w-][\w.-]{0,80}\.[a-z]{1,5}\b")


class _Known(dict[bytes, tuple[str, ...]]):
    """Runs of letters between ASCII separators → tokens, as learnt so far; an organisation's code repeats itself."""

    def __missing__(self, run: bytes) -> tuple[str, ...]:
        text = run.decode("utf-8", "surrogatepass")
        if text.isascii() and not text[0].isdigit():
            found = _tokens_of(text)
        else:
            found = tuple(token for name in _IDENTIFIER.findall(text) for token in _tokens_of(name))
        if len(run) <= LONGEST:
            if len(self) >= KNOWN:
                self.clear()
            self[run] = found
        return found


_known = _Known()


def tokens(text: str) -> Counter[str]:
    """How often each token occurs, first ones first. Runs are counted before they are split: splitting costs."""
    counts: dict[str, int] = {}
    known = counts.get
    for run, times in Counter(text.encode("utf-8", "surrogatepass").translate(_SPACED).split()).items():
        for token in _known[run]:
            counts[token] = known(token, 0) + times
    return Counter(counts)


@lru_cache(maxsize=1 << 14)
def split(identifier: str) -> tuple[str, ...]:
    """``OrderTotals`` → ``order``, ``total``, ``ordertotals``; nothing for stop words, letters and giants."""
    return _tokens_of(identifier)


def _tokens_of(identifier: str) -> tuple[str, ...]:
    if len(identifier) > LONGEST:
        return ()
    parts = _PART.findall(identifier)
    if len(parts) < 2:
        return (token,) if parts and (token := _token(parts[0])) else ()
    found = dict.fromkeys(map(_token, parts))
    whole = identifier.strip("_").casefold()
    if len(whole) > 1 and whole not in STOP:
        found[whole] = None
    found.pop("", None)
    return tuple(found)


@lru_cache(maxsize=1 << 15)
def _token(part: str) -> str:
    """ "" for what is none. Kept, so that equal tokens are one object too: that saves memory and comparisons."""
    token = stem(part.casefold())
    return token if len(token) > 1 and token not in STOP else ""


def stem(word: str) -> str:
    """Plural and verb endings of English off, no more: ``discounts`` → ``discount``, ``tiers`` → ``tier``."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 6 and word.endswith("ing"):
        return word[:-3]
    if len(word) > 5 and word.endswith("ed"):
        return word[:-2]
    if word.endswith(("sses", "xes", "shes", "ches")):
        return word[:-2]
    if len(word) > 4 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def surfaces(text: str) -> dict[str, str]:
    """For each token the word of `text` that a person would recognise it by."""
    found: dict[str, str] = {}
    for identifier in _IDENTIFIER.findall(text):
        for token in split(identifier):
            found.setdefault(token, identifier)
    return found


def names(text: str) -> frozenset[str]:
    """Identifiers that `text` means as code: compound, quoted in backticks, or called."""
    quoted = {name for part in _QUOTED.findall(text) for name in _IDENTIFIER.findall(part)}
    compound = {name for name in _IDENTIFIER.findall(text) if _is_compound(name)}
    return frozenset(name for name in quoted | compound | set(_CALLED.findall(text)) if 2 < len(name) <= LONGEST)


def paths(text: str) -> tuple[str, ...]:
    """What looks like a file in `text`, in order, each once."""
    return tuple(dict.fromkeys(path.removeprefix("./").removeprefix("/") for path in _PATH.findall(text)))


def _is_compound(name: str) -> bool:
    return "_" in name.strip("_") or (not name.isupper() and any(letter.isupper() for letter in name[1:]))
