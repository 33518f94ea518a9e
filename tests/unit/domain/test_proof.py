"""The rules of a proof, on results of any kind; real runners are in tests/contract."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.domain.proof import Measured, Outcome, Role, Status, judge
from ferry.domain.proof.fault import fault_of
from ferry.domain.proof.introduced import Introduced
from ferry.domain.proof.outcome import RED, file_of
from ferry.domain.proof.paths import is_support, is_test

PASSED, SKIPPED = Outcome(Status.PASSED), Outcome(Status.SKIPPED)
FAILED = Outcome(Status.FAILED, "AssertionError: 1 != 2")
NEW, OLD = "tests/test_new.py", "tests/test_old.py"
BROUGHT = Introduced.by({"src/treble.py": (None, "def treble(n):\n    return 3 * n\n")})
GOOD = Measured(
    base={f"{OLD}::a": PASSED},
    before={f"{NEW}::b": FAILED},
    head={f"{OLD}::a": PASSED, f"{NEW}::b": PASSED},
    files=frozenset({NEW}),
)


def test_red_without_and_green_with_the_change_is_a_proof() -> None:
    proof = judge(GOOD)

    assert proof.proved
    assert proof.reason == "1 test fails without the change and passes with it; 2 pass in all"
    assert [(case.role, case.base, case.why) for case in proof.of(Role.PROVES)] == [
        (Role.PROVES, Status.FAILED, "AssertionError: 1 != 2")
    ]


def error(text: str) -> Outcome:
    return Outcome(Status.ERROR, text)


@pytest.mark.parametrize(
    ("measured", "reason"),
    [
        (replace(GOOD, files=frozenset()), "no test was added or changed"),
        (replace(GOOD, before={f"{NEW}::b": PASSED}), "no test fails without the change"),
        (replace(GOOD, before={f"{NEW}::b": SKIPPED}), r"b \(skipped without the change, passed with it\)"),
        (replace(GOOD, before={}), r"b \(missing without the change, passed with it\)"),
        (replace(GOOD, head={f"{OLD}::a": PASSED, f"{NEW}::b": SKIPPED}), "skipped with it"),
        (replace(GOOD, head={f"{OLD}::a": PASSED}), "no test of it was run with the change"),
        (replace(GOOD, head={f"{NEW}::b": PASSED}), r"lost: .*::a \(missing now\)"),
        (replace(GOOD, head={**GOOD.head, f"{OLD}::a": SKIPPED}), r"lost: .*::a \(skipped now\)"),
        (replace(GOOD, head={**GOOD.head, f"{OLD}::a": FAILED}), r"lost: .*::a \(failed now, AssertionError"),
        (replace(GOOD, head={**GOOD.head, f"{OLD}::c": FAILED}), "1 test fails with the change: .*::c"),
        (replace(GOOD, head={**GOOD.head, "tests/x.py": error("no")}), r"1 test fails with the change: tests/x\.py"),
        (replace(GOOD, before={NEW: error("E   SyntaxError: invalid")}), "cannot be read"),
        (replace(GOOD, before={NEW: error("E   fixture 'db' not found")}), "could not be run at all"),
        (replace(GOOD, before={NEW: error("No module named 'numpy'")}), "needs numpy, which the change does not bring"),
        (replace(GOOD, before_again={f"{NEW}::b": PASSED}), "flaky: .*failed, then passed without the change"),
        (replace(GOOD, head_again={f"{NEW}::b": FAILED}), "flaky: .*passed, then failed with the change"),
        (replace(GOOD, required=frozenset({OLD})), f"{OLD}: no test fails without"),
        (replace(GOOD, trouble="with the change, pytest: it wrote no report"), "with the change, pytest: it wrote no"),
    ],
)
def test_anything_less_is_none_and_the_reason_says_what(measured: Measured, reason: str) -> None:
    proof = judge(measured)

    assert not proof.proved
    assert re.search(reason, proof.reason), proof.reason


def test_what_failed_before_and_still_fails_is_not_the_changes_doing() -> None:
    broken = {f"{OLD}::z": FAILED}

    assert judge(replace(GOOD, base={**GOOD.base, **broken}, head={**GOOD.head, **broken})).proved


def test_a_lost_test_that_passes_on_the_second_run_is_flaky_and_said() -> None:
    proof = judge(replace(GOOD, head={**GOOD.head, f"{OLD}::a": FAILED}, head_again={f"{OLD}::a": PASSED}))

    assert proof.proved
    assert f"flaky: {OLD}::a (failed, then passed with the change)" in proof.reason


def test_a_renamed_file_keeps_its_tests() -> None:
    moved = replace(GOOD, head={"tests/test_other.py::a": PASSED, f"{NEW}::b": PASSED})

    assert not judge(moved).proved
    assert judge(replace(moved, renamed={OLD: "tests/test_other.py"})).proved


def test_a_plan_that_names_a_test_explains_its_new_name_but_not_its_loss() -> None:
    named = replace(GOOD, plan="rename a to c", head={f"{OLD}::c": PASSED, f"{NEW}::b": PASSED})

    assert judge(named).proved
    assert not judge(replace(named, head={f"{NEW}::b": PASSED})).proved


def test_old_tests_of_a_file_that_cannot_be_loaded_without_the_change_prove_nothing() -> None:
    """The import of what the change brings takes all tests of the file with it."""
    missing = error("E   ImportError: cannot import name 'treble' from 'treble'")
    measured = replace(
        GOOD,
        base={f"{NEW}::a": PASSED},
        before={NEW: missing},
        head={f"{NEW}::a": PASSED, f"{NEW}::b": PASSED},
        introduced=BROUGHT,
    )

    proof = judge(measured)

    assert {case.id: (case.base, case.role) for case in proof.cases} == {
        f"{NEW}::a": (Status.PASSED, Role.KEPT),
        f"{NEW}::b": (Status.ERROR, Role.PROVES),
    }


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("E   ModuleNotFoundError: No module named 'treble'", True),
        ("E   ModuleNotFoundError: No module named 'acme.treble'", False),
        ("E   ImportError: cannot import name 'treble' from 'lib' (lib.py)", True),
        ("E   ImportError: cannot import name 'quadruple' from 'lib'", False),
        ("Cannot find module '../src/treble' from 'test/a.test.js'", True),
        ("Error: Cannot find module '/tmp/x/repo/src/treble.js' imported from /tmp/x/test/a.mjs", True),
        ("Cannot find module '../helpers/nope'", False),
        ("SyntaxError: The requested module '../lib.mjs' does not provide an export named 'treble'", True),
        ("./a_test.go:3:28: undefined: treble", True),
        ("./a_test.go:3:28: undefined: helper\n./a_test.go:4:1: undefined: treble", False),
        ("error: cannot find symbol\n  symbol:   method treble(int)\n", True),
        ("error[E0425]: cannot find function `treble` in crate `m`", True),
        ("error[E0425]: cannot find function `other` in crate `m`", False),
        ("tests/conftest.py:3: in fx\nlib.py:2: in f\n    1/0\nE   ZeroDivisionError: division by zero", True),
        ("tests/conftest.py:3: in fx\n    1/0\nE   ZeroDivisionError: division by zero", False),
        ("E   fixture 'nope' not found", False),
        ("E   SyntaxError: invalid syntax", False),
        ("Transform failed with 1 error: [PARSE_ERROR] Expected `)`", False),
    ],
)
def test_a_test_that_cannot_be_loaded_counts_only_for_what_the_change_brings(text: str, counts: bool) -> None:
    assert (not fault_of(error(text), BROUGHT)) == counts


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("assert 4 == 6", True),
        ("E   AssertionError: name 'foo' is not defined in the answer", True),
        ("E   NameError: name 'helper' is not defined", False),
        ("TypeError: treble is not a function\n    at Object", True),
        ("TypeError: helper is not a function\n    at Object", False),
        ("tests/t.py:1: in test\nE   KeyError: 'total'", True),
        ("E   ModuleNotFoundError: No module named 'numpy'", False),
    ],
)
def test_a_test_that_ran_counts_unless_it_lacks_what_nobody_brings(text: str, counts: bool) -> None:
    assert (not fault_of(Outcome(Status.FAILED, text), BROUGHT)) == counts


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "tests/t.py:4: in test\n    assert f() == 2\nE   assert 1 == 2\nE    +  where 1 = f()",
            "assert 1 == 2 + where 1 = f()",
        ),
        (
            "E   ImportError: cannot import name 'x' from 'lib' (/tmp/ferry-1/root/lib/lib.py)",
            "ImportError: cannot import name 'x' from 'lib'",
        ),
        ("Error: Cannot find module '/tmp/a/b/src/x.js' imported", "Error: Cannot find module '…/x.js' imported"),
        (
            "Error: expect(received).toBe(expected)\n\nExpected: 2\nReceived: 1\n    at Object.toBe (/tmp/a.js:1:2)",
            "Error: expect(received).toBe(expected) Expected: 2 Received: 1",
        ),
        ("E   assert <Order at 0x7f49ec6eda30> is None", "assert <Order> is None"),
        ("m_test.go:3: got -1", "m_test.go:3: got -1"),
        ("", ""),
    ],
)
def test_a_reason_is_one_line_without_the_place_where_it_ran(text: str, line: str) -> None:
    assert Outcome(Status.FAILED, text).line == line


@pytest.mark.parametrize(
    ("path", "test", "support"),
    [
        ("tests/test_a.py", True, True),
        ("a_test.go", True, True),
        ("src/test/java/x/ATest.java", True, True),
        ("web/a.spec.tsx", True, True),
        ("src/__tests__/a.js", True, True),
        ("tests/it.rs", True, True),
        ("tests/conftest.py", False, True),
        ("tests/data/order.json", False, True),
        ("src/contest.py", False, False),
        ("src/latest.js", False, False),
        ("testing.py", False, False),
        ("attest/main.go", False, False),
    ],
)
def test_tests_are_known_by_the_names_of_their_language(path: str, test: bool, support: bool) -> None:
    assert (is_test(path), is_support(path)) == (test, support)


IDS = st.sampled_from([f"{file}::{name}" for file in (NEW, OLD) for name in "abc"] + [NEW, OLD])
RESULTS = st.dictionaries(
    IDS, st.sampled_from([PASSED, SKIPPED, FAILED, error("E   SyntaxError"), error("No module named 'treble'")])
)
MEASURED = st.builds(
    Measured,
    base=RESULTS, before=RESULTS, head=RESULTS, before_again=RESULTS, head_again=RESULTS,
    introduced=st.sampled_from([Introduced(), BROUGHT]),
    files=st.frozensets(st.sampled_from([NEW, OLD])),
    required=st.frozensets(st.sampled_from([NEW])),
    trouble=st.sampled_from(["", "", "trouble"]),
)  # fmt: skip


@given(MEASURED)
def test_whatever_is_measured_a_proof_has_a_test_that_turned_green_and_lost_none(measured: Measured) -> None:
    proof = judge(measured)

    assert proof.reason
    assert not (proof.proved and measured.trouble)
    if proof.proved:
        proving = [
            id
            for id, outcome in measured.head.items()
            if outcome.status is Status.PASSED
            and file_of(id) in measured.files
            and (measured.before.get(id) or measured.before.get(file_of(id), PASSED)).status in RED
        ]
        assert proving
        for id, outcome in measured.base.items():
            if outcome.status is Status.PASSED and "::" in id:
                runs = {measured.head.get(id), measured.head_again.get(id)}
                assert PASSED in runs


@given(MEASURED)
def test_a_test_that_passes_without_the_change_never_proves_it(measured: Measured) -> None:
    proof = judge(measured)

    for case in proof.of(Role.PROVES):
        assert case.base in RED
        assert case.head is Status.PASSED


@given(MEASURED, IDS.filter(lambda id: "::" in id))
def test_losing_one_more_test_never_makes_a_proof(measured: Measured, id: str) -> None:
    worse = replace(
        measured,
        base={**measured.base, id: PASSED},
        head={**measured.head, id: SKIPPED},
        head_again={},
        before_again={},
    )

    assert not judge(worse).proved
