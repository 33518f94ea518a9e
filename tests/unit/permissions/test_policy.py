"""IAM's rules: nothing is allowed that no statement allows, and a denial outweighs all."""

from __future__ import annotations

from typing import Any

import pytest

from local.aws.deploy.intrinsics import TemplateError
from local.aws.permissions.dynamodb import LEADING_KEYS
from local.aws.permissions.policy import Call, Statement, permits, read_statements

TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/tasks"
OWN = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["TASK#*", "PR#*"]}}
THERE = {"Null": {"dynamodb:LeadingKeys": "false"}}


def policy(**statement: Any) -> tuple[Statement, ...]:
    whole = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": TABLE, **statement}
    return read_statements([{"PolicyDocument": {"Statement": [whole]}}])


def put(*keys: str, action: str = "dynamodb:PutItem", resource: str = TABLE) -> Call:
    return Call(action, resource, {LEADING_KEYS: keys} if keys else {})


def test_nothing_is_allowed_by_default() -> None:
    assert not permits((), put("TASK#1"))


@pytest.mark.parametrize(
    ("action", "allowed"),
    [("dynamodb:PutItem", True), ("dynamodb:putitem", True), ("dynamodb:Put*", True), ("dynamodb:Get?tem", False)],
)
def test_an_action_may_have_wildcards_and_any_case(action: str, allowed: bool) -> None:
    assert permits(policy(Action=["s3:*", action]), put("TASK#1")) is allowed


def test_a_resource_is_matched_whole_and_in_its_case() -> None:
    assert permits(policy(), put())
    assert permits(policy(Resource=["arn:aws:dynamodb:*:*:table/t?sks"]), put())
    assert not permits(policy(), put(resource=f"{TABLE}/index/lists"))
    assert not permits(policy(Resource=TABLE.upper()), put())


def test_a_denial_outweighs_whatever_allows() -> None:
    deny = policy(Effect="Deny", Condition={"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["GATE#*"]}})

    assert permits((*policy(), *deny), put("TASK#1"))
    assert not permits((*policy(), *deny), put("TASK#1", "GATE#1"))


def test_for_all_values_wants_every_value_to_fit() -> None:
    mine = policy(Condition={**OWN, **THERE})

    assert permits(mine, put("TASK#1", "PR#acme/pricing#1"))
    assert not permits(mine, put("TASK#1", "GATE#1"))
    assert not permits(mine, put("task#1"))


def test_for_all_values_holds_of_nothing_unless_null_forbids_it() -> None:
    assert permits(policy(Condition=OWN), put())
    assert not permits(policy(Condition={**OWN, **THERE}), put())


def test_a_single_valued_key_that_is_missing_fits_nothing() -> None:
    listing = policy(Action="s3:ListBucket", Resource="*", Condition={"StringEquals": {"s3:prefix": "index/"}})

    assert permits(listing, Call("s3:ListBucket", "arn:aws:s3:::b", {"s3:prefix": ("index/",)}))
    assert not permits(listing, Call("s3:ListBucket", "arn:aws:s3:::b", {"s3:prefix": ("index/x",)}))
    assert not permits(listing, Call("s3:ListBucket", "arn:aws:s3:::b"))


@pytest.mark.parametrize(
    "statement",
    [
        {"NotAction": "dynamodb:PutItem"},
        {"Condition": {"StringNotLike": {"dynamodb:LeadingKeys": "GATE#*"}}},
        {"Condition": {"ForSomeValues:StringLike": {"dynamodb:LeadingKeys": "GATE#*"}}},
        {"Condition": {"StringLike": {"dynamodb:LeadingKeys": "${aws:userid}"}}},
    ],
)
def test_what_the_check_does_not_know_stops_the_deployment(statement: dict[str, Any]) -> None:
    with pytest.raises(TemplateError):
        policy(**statement)
