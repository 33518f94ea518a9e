"""The helper itself must be able to fail: GitHub's document, good and bad exchanges."""

from __future__ import annotations

import json

import pytest

from tests.contract.openapi import Contract, ContractError, Reply, Request, vendor_file

BASE = "http://127.0.0.1:1"
JSON = {"content-type": "application/json; charset=utf-8"}
REF = {
    "ref": "refs/heads/main",
    "node_id": "x",
    "url": f"{BASE}/r",
    "object": {"type": "commit", "sha": "a" * 40, "url": f"{BASE}/c"},
}


@pytest.fixture
def contract() -> Contract:
    return Contract(vendor_file("github/openapi.trimmed.json"), BASE, beyond=("POST /graphql",))


def _reply(document: object, status: int = 200) -> Reply:
    return Reply(status, JSON, json.dumps(document).encode())


def test_a_path_of_several_segments_is_matched(contract: Contract) -> None:
    contract.check("GET", f"{BASE}/repos/a/b/git/ref/heads/x/y", Request(), _reply(REF))
    assert contract.checked == {"GET /repos/{owner}/{repo}/git/ref/{ref}"}


def test_a_reply_without_a_required_field_is_refused(contract: Contract) -> None:
    with pytest.raises(ContractError, match="'object' is a required property"):
        contract.check(
            "GET",
            f"{BASE}/repos/a/b/git/ref/heads/main",
            Request(),
            _reply({k: v for k, v in REF.items() if k != "object"}),
        )


def test_a_request_without_a_required_field_is_refused(contract: Contract) -> None:
    sent = Request(JSON, b'{"ref": "refs/heads/x"}')
    with pytest.raises(ContractError, match="request.*'sha' is a required property"):
        contract.check("POST", f"{BASE}/repos/a/b/git/refs", sent, _reply(REF, 201))


def test_a_wrong_date_is_refused_and_a_lax_one_is_not(contract: Contract) -> None:
    url = f"{BASE}/app/installations/1/access_tokens"
    contract.check("POST", url, Request(JSON, b"{}"), _reply({"token": "t", "expires_at": "2026-01-01T00:00:00Z"}, 201))
    with pytest.raises(ContractError, match="expires_at"):
        contract.check("POST", url, Request(JSON, b"{}"), _reply({"token": "t", "expires_at": 5}, 201))


def test_an_unknown_call_is_refused_unless_declared(contract: Contract) -> None:
    contract.check("POST", f"{BASE}/graphql", Request(), _reply({}))
    with pytest.raises(ContractError, match="no such operation"):
        contract.check("GET", f"{BASE}/nowhere", Request(), _reply({}))
