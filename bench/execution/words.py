"""What Ferry says of a failed attempt, in the words that cases expect."""

from __future__ import annotations

import re
from collections.abc import Sequence

GATE, PROOF = "blocked by gate", "not proved"
# The first pattern that is found counts.
RULES: tuple[tuple[str, str, str], ...] = (
    (GATE, "ci", r"CI configuration is not for agents"),
    (GATE, "path", r"not in the approved plan|path must be relative|not for agents"),
    (PROOF, "no test", r"was not changed; the plan wants|no test was added or changed"),
    (PROOF, "test deleted", r"was deleted$"),
    (PROOF, "no runner", r"no test command is known"),
    (PROOF, "forged results", r"what it says is forged"),
    (PROOF, "no results", r"wrote no report|was not run|stopped by the time limit"),
    (PROOF, "lost a passing test", r"tests? that passed (is|are) lost"),
    (PROOF, "flaky", r"no test proves the change; flaky"),
    (PROOF, "fault of the test", r"by a fault of the test"),
    (PROOF, "red with the change", r"tests? fails? with the change"),
    (PROOF, "green without the change", r"passed without the change, passed with it"),
)


def failure(told: Sequence[str], refused: Sequence[str], error: str) -> str:
    """told: why each attempt failed, of which the first counts; refused: what tools refused; error: what the step ended with.

    Work that is not there because a tool did not write it was blocked by the gate's rule, not by the proof, which had
    nothing to look at."""
    word = _word(told[0] if told else error)
    if word == f"{PROOF}: no test" and (blocked := [one for one in map(_word, refused) if one.startswith(GATE)]):
        return blocked[0]
    return word


def _word(text: str) -> str:
    said = text.split(": ", 1)[-1] if re.match(r"\S+ T\d+, attempt", text) else text
    for kind, rule, pattern in RULES:
        if re.search(pattern, said):
            return f"{kind}: {rule}"
    return f"unknown: {said[:80]}"
