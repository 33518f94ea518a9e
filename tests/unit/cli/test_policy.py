"""`policy check` answers without a stack: with faults, or with what the policy says."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from ferry.cli.main import main
from ferry.domain.policy import parse_policy
from tests.template import ROOT


def check(*arguments: str) -> tuple[int, str, str]:
    def nowhere(_: str) -> None:
        raise AssertionError("no stack is needed")

    out, err = io.StringIO(), io.StringIO()
    code = main(["policy", "check", *arguments], connect=nowhere, out=out, err=err)  # type: ignore[arg-type]
    return code, out.getvalue(), err.getvalue()


def example() -> str:
    """The one in docs/configuration.md."""
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    section = text.partition("## Approval policy")[2]
    found = re.search(r"```json\n(.*?)```", section, re.DOTALL)
    assert found
    return found[1]


def test_the_example_of_the_documentation_holds_and_uses_every_field(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text(example(), "utf-8")

    code, out, _ = check(str(file))

    assert code == 0
    assert (
        "An approval takes 1 of slack-group:S0LEADS, slack:U0ANN, jira-group:Leads; one of them is enough to say no."
        in out
    )
    assert "Rule payments: when it writes src/payments/**" in out
    assert set(json.loads(example())) == set(type(parse_policy(example())).model_fields)


def test_every_field_is_explained_in_the_documentation() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8").partition("## Approval policy")[2]

    assert not [name for name in type(parse_policy(example())).model_fields if f"| `{name}` |" not in text]


def test_a_fault_is_bad_news(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text('{"approvers": ["slack:U1"], "quorum": 2}', "utf-8")

    code, out, _ = check(str(file))

    assert code == 1
    assert "quorum: 2 can never be reached by 1 named approvers" in out


def test_without_a_file_the_environments_policy_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPROVAL_POLICY", '{"quorum": 2}')
    monkeypatch.setenv("APPROVERS", "U1, U2")

    assert "An approval takes 2 of slack:U1, slack:U2" in check()[1]


def test_json_is_the_policy_with_its_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("APPROVAL_POLICY", raising=False)
    monkeypatch.setenv("APPROVERS", "U1")

    assert json.loads(check("--json")[1])["approvers"] == ["slack:U1"]


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    code, _, err = check(str(tmp_path / "none.json"))

    assert code == 2
    assert "cannot be read as text" in err
