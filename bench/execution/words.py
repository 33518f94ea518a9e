"""What Ferry says of a failed attempt, in the words that cases expect."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ferry.domain.gate_rules import RULES
from ferry.domain.gates import RULES as PATHS

GATE, PROOF, ASKS = "blocked by gate", "not proved", "asks a person"
# A finding ends with its rule in brackets.
_FINDING = re.compile(rf"\(({'|'.join(RULES)})(?:, [\w ]+)?\)")
# What is said of a path before anything is inspected, and of a proof. The first pattern that is found counts.
_OF_PATHS = (*((rule.name, re.escape(rule.says)) for rule in PATHS), ("outside-plan", "not in the approved plan"))
_OF_PROOFS = (
    ("no test", r"was not changed; the plan wants|no test was added or changed"),
    ("test deleted", r"was deleted$"),
    ("no runner", r"no test command is known"),
    ("forged results", r"what it says is forged"),
    ("no results", r"wrote no report|was not run|stopped by the time limit"),
    ("lost a passing test", r"tests? that passed (is|are) lost"),
    ("flaky", r"no test proves the change; flaky"),
    ("fault of the test", r"by a fault of the test"),
    ("red with the change", r"tests? fails? with the change"),
    ("green without the change", r"passed without the change, passed with it"),
    ("nothing proves it", r"no test fails without the change and passes with it"),
)


def failure(told: Sequence[str], refused: Sequence[str], error: str) -> str:
    """told: why each attempt failed, the first counts; refused: what tools refused; error: what ended the step.

    Work that is not there because a tool did not write it was blocked by the gate's rule, not by the proof, which had
    nothing to look at."""
    word = _word(told[0] if told else error)
    if word == f"{PROOF}: no test" and (blocked := [one for one in map(_word, refused) if one.startswith(GATE)]):
        return blocked[0]
    return word


def asked(error: str) -> str:
    """What is proved and waits for a person's permission, by the rules that ask."""
    return f"{ASKS}: {', '.join(dict.fromkeys(_FINDING.findall(error)))}"


def fits(outcome: str, expected: str) -> bool:
    """The gate may name more rules than the one that is expected."""
    kind, _, rules = outcome.partition(": ")
    wanted, _, rule = expected.partition(": ")
    return kind == wanted and (rule == rules or (kind == GATE and rule in rules.split(", ")))


def _word(text: str) -> str:
    said = text.split(": ", 1)[-1] if re.match(r"\S+ T\d+, attempt", text) else text
    if found := dict.fromkeys(_FINDING.findall(said)):
        return f"{GATE}: {', '.join(found)}"
    for kind, patterns in ((GATE, _OF_PATHS), (PROOF, _OF_PROOFS)):
        for rule, pattern in patterns:
            if re.search(pattern, said):
                return f"{kind}: {rule}"
    return f"unknown: {said[:80]}"
