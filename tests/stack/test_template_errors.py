"""Parameters by one rule, intrinsic functions as CloudFormation's, and errors that name their cause."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local.aws.deploy.deployer import deploy
from local.aws.deploy.deployment import Clients, Deployment
from local.aws.deploy.intrinsics import Resource, Scope, TemplateError
from local.aws.deploy.template import environment_name, parameter_values
from local.aws.engine import start_engine
from local.aws.runner import Runner
from tests.stack.helpers import served

HEAD = "Transform: AWS::Serverless-2016-10-31\n"


@pytest.mark.parametrize(
    ("parameter", "variable"),
    [
        ("ApprovalTimeoutSeconds", "APPROVAL_TIMEOUT_SECONDS"),
        ("GithubApiUrl", "GITHUB_API_URL"),
        ("CITimeout", "CI_TIMEOUT"),
        ("Stage", "STAGE"),
    ],
)
def test_a_parameter_has_one_spelling_in_the_environment(parameter: str, variable: str) -> None:
    assert environment_name(parameter) == variable


def test_the_environment_overrides_a_default() -> None:
    template = {"Parameters": {"WaitSeconds": {"Type": "Number", "Default": 30}, "Stage": {"Default": "dev"}}}
    assert parameter_values(template, {"WAIT_SECONDS": "2"}) == {"WaitSeconds": "2", "Stage": "dev"}


@pytest.mark.parametrize(
    ("declaration", "environment", "told"),
    [
        ({"Type": "String"}, {}, "parameter OrgName has no default: set the environment variable ORG_NAME"),
        ({"Type": "Number"}, {"ORG_NAME": "soon"}, "must be a number, not 'soon'"),
        ({"Type": "Number", "MinValue": 1}, {"ORG_NAME": "0"}, "must be at least 1"),
        ({"Type": "String", "MaxLength": 3}, {"ORG_NAME": "acme"}, "must be at most 3"),
        ({"AllowedValues": ["a", "b"]}, {"ORG_NAME": "c"}, "must be one of a, b"),
        ({"AllowedPattern": "[a-z]+"}, {"ORG_NAME": "A1"}, "must match"),
    ],
)
def test_a_bad_parameter_is_told_by_both_its_names(
    declaration: dict[str, Any], environment: dict[str, str], told: str
) -> None:
    with pytest.raises(TemplateError, match="OrgName.*ORG_NAME") as error:
        parameter_values({"Parameters": {"OrgName": declaration}}, environment)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("resources", "told"),
    [
        ("  Bus: {Type: AWS::Events::EventBus}", "Bus: the local stack has no creator for AWS::Events::EventBus"),
        ("  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Nobody}}", "Ref Nobody: no such parameter"),
        (
            "  M: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: none.yaml}}",
            "M: none.yaml does not exist",
        ),
        ("  F: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.13}}", "F"),
        (
            "  A: {Type: AWS::SQS::Queue, DependsOn: B}\n  B: {Type: AWS::SQS::Queue, DependsOn: A}",
            "circular dependency",
        ),
    ],
)
def test_a_template_that_cannot_be_deployed_says_why(tmp_path: Path, resources: str, told: str) -> None:
    late, url, close = served()
    runner = Runner()
    engine = start_engine(runner, late, url)
    path = tmp_path / "template.yaml"
    path.write_text(f"{HEAD}Resources:\n{resources}\n")
    try:
        with pytest.raises(TemplateError, match=told):
            deploy(Deployment("t", "us-east-1", tmp_path, tmp_path, Clients(url, "us-east-1"), runner), path, {})
    finally:
        close()
        engine.stop()


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ({"Fn::Sub": "${Stage}-${Queue.Arn}-${!kept}"}, "dev-arn:q-${kept}"),
        ({"Fn::Sub": ["${x}", {"x": {"Ref": "Queue"}}]}, "url"),
        ({"Fn::If": ["IsDev", {"Fn::Select": ["1", ["a", "b"]]}, "no"]}, "b"),
        ({"Fn::Join": ["/", {"Fn::Split": [",", "a,b"]}]}, "a/b"),
        ({"Fn::FindInMap": ["Days", {"Ref": "Stage"}, "Keep"]}, 7),
        ({"a": {"Ref": "AWS::NoValue"}, "b": [1, {"Ref": "AWS::NoValue"}]}, {"b": [1]}),
        ({"Fn::And": [{"Condition": "IsDev"}, {"Fn::Not": [{"Fn::Equals": ["x", "y"]}]}]}, True),
    ],
)
def test_intrinsic_functions_give_cloudformations_values(expression: Any, value: Any) -> None:
    scope = Scope(
        {"Stage": "dev"},
        {"Days": {"dev": {"Keep": 7}}},
        {"IsDev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]}},
        {"Queue": Resource("url", {"Arn": "arn:q"})},
    )
    assert scope.resolve(expression) == value


@pytest.mark.parametrize("expression", [{"Fn::GetAtt": ["Queue", "Nope"]}, {"Fn::ImportValue": "x"}])
def test_an_expression_that_means_nothing_here_is_an_error(expression: Any) -> None:
    with pytest.raises(TemplateError):
        Scope({}, resources={"Queue": Resource("url")}).resolve(expression)
