"""Which assertion of a test became which."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from ferry.domain.integrity.facts import Check, Test

ALIKE = 0.6
MOST_PAIRED = 200
_WORD = re.compile(r"[\w.]+")
_LITERAL = re.compile(r"\"[^\"]*\"|'[^']*'|\b\d[\d_.]*\b|\b(?:True|False|None|true|false|null|nil)\b")


def lost_and_gained(before: Sequence[Check], after: Sequence[Check]) -> tuple[list[Check], list[Check]]:
    """Those of either side that the other does not have, in their order."""
    gained = _without(after, before)
    return [old for old in _without(before, after) if not any(_says_more(now, old) for now in gained)], gained


def _says_more(now: Check, old: Check) -> bool:
    return now.subject != old.subject and holds(now, old)


def _without(these: Sequence[Check], those: Sequence[Check]) -> list[Check]:
    left = Counter(check.text for check in those)
    found = []
    for check in these:
        if left[check.text]:
            left[check.text] -= 1
        else:
            found.append(check)
    return found


def pairs(lost: Sequence[Check], gained: Sequence[Check]) -> Iterator[tuple[Check, Check | None]]:
    """Each lost check with what took its place: the best match first; None where nothing did."""
    lost, gained = lost[:MOST_PAIRED], gained[:MOST_PAIRED]
    scored = [(_likeness(old, now), -i, -j) for i, old in enumerate(lost) for j, now in enumerate(gained)]
    of: dict[int, int] = {}
    for score, i, j in sorted(scored, reverse=True):
        if score and -i not in of and -j not in of.values():
            of[-i] = -j
    yield from ((old, gained[of[i]] if i in of else None) for i, old in enumerate(lost))


def _likeness(old: Check, now: Check) -> float:
    if old.raises != now.raises:
        return 0.5 if old.subject and old.subject == now.subject else 0
    if old.subject and old.subject == now.subject:
        return 4 + (old.expected == now.expected)
    if old.expected and old.expected == now.expected and old.strength == now.strength:
        return 3
    shared = old.names & now.names
    ratio = SequenceMatcher(None, old.text[:300], now.text[:300]).ratio()
    if shared:
        return 1 + ratio
    # Written anew: as strong as before, it is no loss, though perhaps another claim.
    anew = 0.1 if now.strength >= old.strength and now.strength else 0
    return ratio if ratio > ALIKE else anew


def same_values(check: Check, test: Test) -> bool:
    """What `check` spells out stands in one of the cases of `test`."""
    wanted = {word for one in literals(f"{check.subject} {check.expected}") for word in _WORD.findall(one)}
    return bool(wanted) and any(wanted <= set(_WORD.findall(row)) for row in test.rows)


def holds(now: Check, old: Check) -> bool:
    """`now` says all that `old` did, and perhaps more: two assertions joined, or put into a helper."""
    if now.within:
        return literals(old.text) <= literals(f"{now.text} {now.within}")
    alike = bool(old.subject) and old.subject in now.subject and now.strength >= old.strength
    return alike and bool(old.expected) and literals(old.expected) <= literals(now.expected)


def literals(text: str) -> frozenset[str]:
    """In one spelling of quotes."""
    return frozenset(found.replace("'", '"') for found in _LITERAL.findall(text))
