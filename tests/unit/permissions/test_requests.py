"""What a request needs permission for is told from the request itself, or it is refused."""

from __future__ import annotations

from typing import Any

import pytest

from local.aws.permissions.dynamodb import LEADING_KEYS
from local.aws.permissions.grants import Permissions
from local.aws.permissions.policy import Call, read_statements
from local.aws.permissions.request import Request, Signer, UnreadableError, signer

TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/tasks"
KEY = {"pk": {"S": "TASK#1"}, "sk": {"S": "META"}}
OTHER = {"pk": {"S": "GATE#1"}, "sk": {"S": "HEAD"}}


@pytest.fixture
def permissions() -> Permissions:
    made = Permissions("123456789012")
    index = {"IndexName": "lists", "KeySchema": [{"AttributeName": "list", "KeyType": "HASH"}]}
    schema = [{"AttributeName": "sk", "KeyType": "RANGE"}, {"AttributeName": "pk", "KeyType": "HASH"}]
    made.know_table("tasks", {"KeySchema": schema, "GlobalSecondaryIndexes": [index]})
    return made


def dynamodb(operation: str, **body: Any) -> Request:
    return Request(Signer("LOCALx", "eu-west-1", "dynamodb"), operation, body)


def s3(method: str, path: str, copied: str = "", **query: str) -> Request:
    given = {name.replace("_", "-"): [value] for name, value in query.items()}
    return Request(Signer("LOCALx", "eu-west-1", "s3"), method=method, path=path, query=given, copied=copied)


def item(action: str, *keys: str) -> Call:
    return Call(f"dynamodb:{action}", TABLE, {LEADING_KEYS: keys})


@pytest.mark.parametrize("action", ["GetItem", "UpdateItem", "DeleteItem"])
def test_an_item_is_named_by_its_key(permissions: Permissions, action: str) -> None:
    assert permissions.calls(dynamodb(action, TableName="tasks", Key=KEY)) == [item(action, "TASK#1")]


def test_a_put_item_is_named_by_what_is_put_and_a_table_may_be_named_by_its_arn(permissions: Permissions) -> None:
    whole = {**KEY, "data": {"S": "{}"}}

    assert permissions.calls(dynamodb("PutItem", TableName=TABLE, Item=whole)) == [item("PutItem", "TASK#1")]


def test_a_transaction_needs_permission_for_each_of_its_items(permissions: Permissions) -> None:
    actions = [
        {"Put": {"TableName": "tasks", "Item": KEY}},
        {"Update": {"TableName": "tasks", "Key": KEY}},
        {"Delete": {"TableName": "tasks", "Key": OTHER}},
        {"ConditionCheck": {"TableName": "tasks", "Key": OTHER}},
    ]

    assert permissions.calls(dynamodb("TransactWriteItems", TransactItems=actions)) == [
        item("PutItem", "TASK#1"),
        item("UpdateItem", "TASK#1"),
        item("DeleteItem", "GATE#1"),
        item("ConditionCheckItem", "GATE#1"),
    ]


def test_a_batch_is_one_call_with_all_its_keys(permissions: Permissions) -> None:
    read = dynamodb("BatchGetItem", RequestItems={"tasks": {"Keys": [KEY, OTHER]}})
    written = [{"PutRequest": {"Item": KEY}}, {"DeleteRequest": {"Key": OTHER}}]

    assert permissions.calls(read) == [item("BatchGetItem", "TASK#1", "GATE#1")]
    wrote = permissions.calls(dynamodb("BatchWriteItem", RequestItems={"tasks": written}))
    assert wrote == [item("BatchWriteItem", "TASK#1", "GATE#1")]


@pytest.mark.parametrize("expression", ["pk = :pk AND begins_with(sk, :s)", "sk = :s AND #p=:pk"])
def test_a_query_is_named_by_the_partition_it_reads(permissions: Permissions, expression: str) -> None:
    query = dynamodb(
        "Query",
        TableName="tasks",
        KeyConditionExpression=expression,
        ExpressionAttributeNames={"#p": "pk"},
        ExpressionAttributeValues={":pk": {"S": "GATE#1"}, ":s": {"S": "TASK#1"}},
    )

    assert permissions.calls(query) == [item("Query", "GATE#1")]


def test_a_query_of_an_index_is_named_by_the_key_of_the_index(permissions: Permissions) -> None:
    query = dynamodb(
        "Query",
        TableName="tasks",
        IndexName="lists",
        KeyConditionExpression="#l = :name",
        ExpressionAttributeNames={"#l": "list"},
        ExpressionAttributeValues={":name": {"S": "TASKS"}},
    )

    assert permissions.calls(query) == [Call("dynamodb:Query", f"{TABLE}/index/lists", {LEADING_KEYS: ("TASKS",)})]


def test_a_scan_has_no_keys(permissions: Permissions) -> None:
    assert permissions.calls(dynamodb("Scan", TableName="tasks")) == [Call("dynamodb:Scan", TABLE)]


@pytest.mark.parametrize(
    "request_",
    [
        dynamodb("GetItem", TableName="elsewhere", Key=KEY),
        dynamodb("PutItem", TableName="tasks"),
        dynamodb("Query", TableName="tasks", KeyConditions={}),
        dynamodb("TransactWriteItems", TransactItems=[{"Wish": {"TableName": "tasks", "Key": KEY}}]),
        s3("PUT", "/b/k", acl=""),
        s3("POST", "/b/k", uploads=""),
        s3("GET", "/"),
        s3("DELETE", "/b"),
    ],
)
def test_a_call_that_cannot_be_read_is_refused(permissions: Permissions, request_: Request) -> None:
    all_of_it = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    permissions.roles["r"] = read_statements([{"PolicyDocument": {"Statement": all_of_it}}])
    holder = permissions.holder(permissions.admit("x", "r"))

    with pytest.raises(UnreadableError):
        permissions.calls(request_)
    assert holder
    assert "cannot tell" in permissions.refusal(holder, request_)


@pytest.mark.parametrize(
    ("method", "action"),
    [("GET", "GetObject"), ("HEAD", "GetObject"), ("PUT", "PutObject"), ("DELETE", "DeleteObject")],
)
def test_an_object_is_named_by_bucket_and_key(permissions: Permissions, method: str, action: str) -> None:
    asked = s3(method, "/b/tasks/1/plan-1.json", x_id=action)

    assert permissions.calls(asked) == [Call(f"s3:{action}", "arn:aws:s3:::b/tasks/1/plan-1.json")]


def test_a_copy_reads_its_source_too(permissions: Permissions) -> None:
    assert permissions.calls(s3("PUT", "/b/mine", copied="/b/theirs")) == [
        Call("s3:PutObject", "arn:aws:s3:::b/mine"),
        Call("s3:GetObject", "arn:aws:s3:::b/theirs"),
    ]


def test_a_listing_names_bucket_and_prefix(permissions: Permissions) -> None:
    asked = s3("GET", "/b", list_type="2", prefix="index/")

    assert permissions.calls(asked) == [Call("s3:ListBucket", "arn:aws:s3:::b", {"s3:prefix": ("index/",)})]


def test_a_secret_is_named_by_its_arn(permissions: Permissions) -> None:
    asked = Request(Signer("LOCALx", "eu-west-1", "secretsmanager"), "GetSecretValue", {"SecretId": "arn:s"})

    assert permissions.calls(asked) == [Call("secretsmanager:GetSecretValue", "arn:s")]


def test_who_signed_stands_in_the_signature() -> None:
    signed = "AWS4-HMAC-SHA256 Credential=LOCALx/20261121/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0"

    assert signer({"HTTP_AUTHORIZATION": signed}) == Signer("LOCALx", "eu-west-1", "s3")
    assert signer({}) is None
