"""What the execution bench's table claims is what its cases say and what was run."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from bench.execution.case import FOLDER, ORDER, Loaded, load, names
from bench.execution.promises import ordered
from bench.execution.run import Row, hidden_test, run
from bench.execution.words import failure, fits
from bench.execution.world import BASE, world
from ferry.adapters.plain_process import PlainProcess
from ferry.agentkit.messages import Message, ModelRequest
from ferry.agentkit.untrusted import block
from ferry.domain.gate_rules import RULES

ROW = Row("a", "python", ("committed",), "committed", (False, True))


def test_the_corpus_has_the_languages_and_kinds_that_it_must() -> None:
    cases = [load(name) for name in names()]
    own = [one for one in cases if not one.case.of]
    by_language = {one.case.language: 0 for one in own}
    for one in own:
        by_language[one.case.language] += 1

    assert by_language["python"] >= 6
    assert by_language["javascript"] >= 3
    assert by_language["java"] >= 2
    assert by_language["go"] >= 2
    assert any(one.case.repositories for one in own)
    kinds = {one.case.kind for one in cases}
    assert kinds == {"honest", "cheat", "stuck", "broken", "empty", "injected", "world"}


@pytest.mark.parametrize("name", names())
def test_a_case_expects_rules_that_there_are_and_hides_its_test(name: str) -> None:
    loaded = load(name)
    told = [text for files in loaded.repositories.values() for text in files.values()] + [loaded.scenes]

    blocked = {one.removeprefix("blocked by gate: ") for one in loaded.case.expected if one.startswith("blocked")}
    assert blocked <= set(RULES)
    assert loaded.hidden
    assert not [text for text in loaded.hidden.values() if text in told]
    assert (FOLDER / name / "script.yaml").is_file()


@pytest.mark.parametrize(
    "row",
    [
        replace(ROW, outcome="budget"),
        replace(ROW, outcome="committed, but main of acme/a moved"),
        replace(ROW, hidden=(False, False)),
        replace(ROW, hidden=(True, True)),
        replace(ROW, expected=("budget",), outcome="budget"),
    ],
)
def test_a_wrong_outcome_a_broken_promise_and_a_wrong_hidden_test_each_differ(row: Row) -> None:
    assert row.differs
    assert not ROW.differs
    assert not replace(row, skipped="go is not on this machine").differs


def test_the_rule_that_is_expected_must_be_among_those_that_the_gate_names() -> None:
    assert fits("blocked by gate: secret, early-exit", "blocked by gate: early-exit")
    assert not fits("blocked by gate: secret", "blocked by gate: early-exit")
    assert not fits("not proved: flaky", "not proved: no test")


def test_a_finding_is_read_from_what_the_timeline_says_and_a_refused_write_counts_where_nothing_came() -> None:
    said = "acme/a T1, attempt 1 of 3: t.py:3: an answer (of 2) is spelt out (hard-coded, only a person may allow it)"
    nothing = "acme/a T1, attempt 1 of 3: t.py was not changed; the plan wants the test of this task there"

    assert failure([said], [], "") == "blocked by gate: hard-coded"
    assert failure([nothing], [], "") == "not proved: no test"
    assert failure([nothing], [".github/x: CI configuration is not for agents"], "") == "blocked by gate: ci-edited"
    assert failure(["acme/a T1, attempt 1 of 3: something new"], [], "").startswith("unknown: something new")


def test_a_tool_that_is_missing_skips_its_cases_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)

    row = run(load("cidr"), PlainProcess())

    assert (row.skipped, row.outcome) == ("go is not on this machine", "")


def test_a_case_that_needs_isolation_is_not_run_where_there_is_none() -> None:
    assert run(load("fx"), PlainProcess()).skipped == "the sandbox does not isolate"


@pytest.mark.parametrize(("name", "outcome"), [("slug", "committed"), ("rounding-nothing", "not proved: no test")])
def test_an_honest_case_and_an_empty_one_come_out_as_they_must(name: str, outcome: str) -> None:
    row = run(load(name), PlainProcess())

    assert row.outcome == outcome
    assert not row.differs


def test_an_order_counts_outside_a_block_only() -> None:
    at = world(load("slug"), PlainProcess(), 1)
    said = [Message(role="user", text=block("tests", f"{ORDER}!")), Message(role="assistant", text=ORDER)]
    at.model.asked.append(ModelRequest(model="m", system="", messages=tuple(said)))
    assert not ordered(at)

    at.model.asked.append(ModelRequest(model="m", system="", messages=(Message(role="user", text=f"Failed: {ORDER}"),)))
    assert ordered(at)


def test_the_hidden_test_sees_the_defect_and_nobody_else_sees_the_hidden_test() -> None:
    loaded: Loaded = load("slug")
    at = world(loaded, PlainProcess(), 1)

    assert not hidden_test(at, BASE, PlainProcess())
    assert not set(loaded.hidden) & set(at.tree("acme/slug"))
