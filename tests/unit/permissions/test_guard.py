"""The check before the embedded AWS: what it lets through, and how it refuses, are AWS's own answers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request

from local.aws.permissions.grants import Permissions
from local.aws.permissions.guard import Guard
from local.aws.permissions.policy import read_statements

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

KEY = {"pk": {"S": "TASK#1"}, "sk": {"S": "META"}}


def aws(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Echoes a body; knows the one object `there`."""
    request = Request(environ)
    known = request.method == "POST" or request.path.endswith("there")
    start_response("200 OK" if known else "404 Not Found", [])
    return [request.get_data()]


@pytest.fixture
def permissions() -> Permissions:
    made = Permissions("123456789012")
    made.know_table("tasks", {"KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]})
    own = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": "TASK#*"}}
    statements = [
        {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": own},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
    ]
    made.roles["agent"] = read_statements([{"PolicyDocument": {"Statement": statements}}])
    listing = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}
    made.roles["lister"] = read_statements([{"PolicyDocument": {"Statement": listing}}])
    return made


def signed(key: str, service: str, **headers: str) -> dict[str, str]:
    scope = f"Credential={key}/20261121/us-east-1/{service}/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0", **headers}


def get_item(permissions: Permissions, signer: str, pk: str) -> Any:
    body = json.dumps({"TableName": "tasks", "Key": {**KEY, "pk": {"S": pk}}})
    headers = signed(signer, "dynamodb", **{"X-Amz-Target": "DynamoDB_20120810.GetItem"})
    return Client(Guard(aws, permissions)).post("/", data=body, headers=headers)


def test_a_permitted_call_arrives_with_its_whole_body(permissions: Permissions) -> None:
    answer = get_item(permissions, permissions.admit("Agent", "agent"), "TASK#1")

    assert answer.status_code == 200
    assert json.loads(answer.data)["Key"] == KEY


def test_a_refusal_names_function_action_and_resource(permissions: Permissions) -> None:
    answer = get_item(permissions, permissions.admit("Agent", "agent"), "TOKEN#1")

    assert answer.status_code == 400
    told = json.loads(answer.data)
    assert told["__type"].endswith("#AccessDeniedException")
    for word in ("AgentRole/Agent", "dynamodb:GetItem", "table/tasks"):
        assert word in told["message"]


def test_a_function_whose_role_nobody_knows_may_do_nothing(permissions: Permissions) -> None:
    assert get_item(permissions, permissions.admit("Agent", "another"), "TASK#1").status_code == 400


def test_an_operator_is_not_restricted(permissions: Permissions) -> None:
    assert get_item(permissions, "local", "TOKEN#1").status_code == 200


@pytest.mark.parametrize(("role", "status"), [("agent", 403), ("lister", 404)])
def test_only_who_may_list_a_bucket_is_told_that_an_object_is_not_there(
    permissions: Permissions, role: str, status: int
) -> None:
    client, headers = Client(Guard(aws, permissions)), signed(permissions.admit("F", role), "s3")

    assert client.get("/bucket/there", headers=headers).status_code == 200
    assert client.get("/bucket/elsewhere", headers=headers).status_code == status
