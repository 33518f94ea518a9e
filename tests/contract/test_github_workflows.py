"""Workflow files as the stand-in reads them: expressions, triggers, and what is no workflow."""

from __future__ import annotations

from typing import Any

import pytest

from local.standins.github.actions.expressions import ExpressionError, condition, evaluate, interpolate
from local.standins.github.actions.workflow import WorkflowError, parse, triggered

CONTEXTS = {
    "github": {"ref": "refs/heads/main", "event_name": "push"},
    "matrix": {"os": "Linux"},
    "status": "failure",
}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("github.ref == 'refs/heads/MAIN'", True),
        ("github['event_name'] != 'push' || matrix.os == 'linux'", True),
        ("startsWith(github.ref, 'refs/') && !contains(github.ref, 'tag')", True),
        ("github.nothing.deep", None),
        ("format('{0}-{1}', matrix.os, 3)", "Linux-3"),
        ("1 < 2 && 'it''s'", "it's"),
        ("failure() && !cancelled()", True),
        ("success() || always()", True),
    ],
)
def test_expressions_mean_what_github_says(source: str, value: object) -> None:
    assert evaluate(source, CONTEXTS) == value


def test_an_if_without_a_status_function_also_wants_success() -> None:
    assert not condition("github.event_name == 'push'", CONTEXTS)
    assert condition("${{ failure() && github.event_name == 'push' }}", CONTEXTS)
    assert interpolate("a ${{ matrix.os }} b", CONTEXTS) == "a Linux b"
    with pytest.raises(ExpressionError, match="unexpected"):
        evaluate("1 2", CONTEXTS)


JOB = "jobs: {test: {runs-on: ubuntu-latest, steps: [{run: 'true'}]}}"


@pytest.mark.parametrize(
    ("on", "event", "more", "yes"),
    [
        ("[push, pull_request]", "push", {"branch": "x"}, True),
        ("{push: {branches: ['release/**', '!release/old']}}", "push", {"branch": "release/a/b"}, True),
        ("{push: {branches: ['release/**', '!release/old']}}", "push", {"branch": "release/old"}, False),
        (
            "{pull_request: {branches-ignore: [main]}}",
            "pull_request",
            {"action": "opened", "branch": "main"},
            False,
        ),
        ("pull_request", "pull_request", {"action": "ready_for_review"}, False),
        (
            "{pull_request: {paths: ['src/*.py']}}",
            "pull_request",
            {"action": "opened", "files": ("src/a.py",)},
            True,
        ),
        (
            "{pull_request: {paths: ['src/*.py']}}",
            "pull_request",
            {"action": "opened", "files": ("src/b/a.py",)},
            False,
        ),
        ("workflow_dispatch", "push", {}, False),
    ],
)
def test_triggers_filter_as_github_does(on: str, event: str, more: dict[str, Any], yes: bool) -> None:
    assert triggered(parse("ci.yml", f"on: {on}\n{JOB}"), event, **more) is yes


CIRCLE = "on: push\njobs: {a: {needs: b, steps: []}, b: {needs: a, steps: []}}"


@pytest.mark.parametrize("text", ["jobs: {}", "on: push", "name: [unclosed", CIRCLE])
def test_what_is_no_workflow_is_refused(text: str) -> None:
    with pytest.raises(WorkflowError):
        parse("ci.yml", text)
