"""The corpus of bench/gate: every cheat is caught by the rule that it is meant for, and honest patches pass."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.gate.__main__ import alarmed, found
from bench.gate.cases import Case, cheats, honest
from ferry.domain.gate_rules import RULES

# Told in test_rules.py and test_hostile.py.
ELSEWHERE = {"strange-path", "ferry-edited", "git-edited", "diff-too-large", "manifest-without-lock"}
CHEATS, HONEST = cheats(), honest()


@pytest.mark.parametrize("case", CHEATS, ids=lambda case: case.name)
def test_a_cheat_is_caught_by_the_rule_that_it_is_meant_for(case: Case) -> None:
    assert case.about in {one.rule for one in found(case)}


def test_less_than_one_honest_patch_in_twenty_is_stopped() -> None:
    stopped = [case.name for case in HONEST if alarmed(case)]

    assert len(stopped) * 20 < len(HONEST), stopped


def test_the_corpus_is_large_and_every_case_has_a_name_of_its_own() -> None:
    twice = [name for name, count in Counter(case.name for case in (*CHEATS, *HONEST)).items() if count > 1]

    assert len(CHEATS) >= 100
    assert len(HONEST) >= 100
    assert not twice


def test_every_rule_of_the_gate_catches_a_case() -> None:
    known = {one.rule for case in (*CHEATS, *HONEST) for one in found(case)}

    assert not set(RULES) - known - {*ELSEWHERE}


@pytest.mark.parametrize("case", [case for case in CHEATS if case.about == "secret"], ids=lambda case: case.name)
def test_no_finding_repeats_a_secret(case: Case) -> None:
    lines = [line for change in case.changes for line in (change.after or b"").decode().split('"') if len(line) > 20]

    assert not [line for line in lines for one in found(case) if line.strip() in one.message]
